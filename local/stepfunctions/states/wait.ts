import type { WaitState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import { leave } from '../engine/leave.ts'
import { move } from '../engine/turn.ts'
import { evaluate, evaluationFailure, failureIn, type Outcome, unexpected, type Visit } from '../engine/visit.ts'
import type { Json } from '../json.ts'

const secondsMax = 99_999_999
const offsetDateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** Epoch ms, or undefined for what is no ISO-8601 date and time with an offset. */
export const instantOf = (text: string): number | undefined => {
  if (!offsetDateTime.test(text)) return undefined
  const at = Date.parse(text)
  if (Number.isNaN(at)) return undefined
  /* Date.parse turns February 30 into March 2; the service refuses it. */
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day ? at : undefined
}

const afterSeconds = (visit: Visit<WaitState>, template: Json, value: Json): Outcome<number> => {
  if (typeof value !== 'number' || !Number.isInteger(value)) return unexpected(visit, template, 'Seconds', 'integer', value)
  if (value < 0) return evaluationFailure(visit, `The Seconds field must not be negative: ${value}`, 'Seconds')
  return { ok: true, value: visit.frame.enteredAt + value * 1000 }
}

const atTimestamp = (visit: Visit<WaitState>, template: Json, value: Json): Outcome<number> => {
  if (typeof value !== 'string') return unexpected(visit, template, 'Timestamp', 'string', value)
  const at = instantOf(value)
  if (at !== undefined) return { ok: true, value: at }
  return evaluationFailure(
    visit,
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`,
    'Timestamp',
  )
}

export const wait = async (visit: Visit<WaitState>): Promise<void> => {
  const { turn, frame, state } = visit
  visit.base = frame.last
  const fields = [
    { location: 'Seconds', template: state.seconds },
    { location: 'Timestamp', template: state.timestamp },
  ]
  const evaluated = await evaluate(visit, fields)
  if (!evaluated.ok) return fail(visit, evaluated.failure)
  const [seconds, timestamp] = evaluated.value
  const until =
    seconds === undefined
      ? atTimestamp(visit, state.timestamp ?? null, timestamp ?? null)
      : afterSeconds(visit, state.seconds ?? null, seconds)
  if (!until.ok) return fail(visit, until.failure)
  if (until.value - frame.enteredAt > secondsMax * 1000)
    return fail(visit, failureIn(visit, 'States.Runtime', 'Wait state delay is too long.', 'always'))
  move(turn, frame, { is: 'waiting', until: until.value })
}

/** The time has come. */
export const awake = async (visit: Visit<WaitState>): Promise<void> => {
  const left = await leave(visit, { carrier: visit.state, extra: {}, fallback: visit.frame.input })
  if (!left.ok) await fail(visit, left.failure)
}
