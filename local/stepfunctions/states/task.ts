/**
 * A Task is scheduled (arguments worked out, on disk), started (the call begins), and succeeds, fails or times out. A task that waits for its
 * token is in between submitted: the call was answered, and the answer that counts comes by SendTaskSuccess or SendTaskFailure.
 */
import type { TaskState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import { type Failure, heartbeatMissed, resultTooLarge, timedOut } from '../engine/failure.ts'
import type { Attempt } from '../engine/frame.ts'
import { leave } from '../engine/leave.ts'
import { move, record } from '../engine/turn.ts'
import { evaluate, type Outcome, tooLarge, unexpected, type Visit, within } from '../engine/visit.ts'
import type { Json } from '../json.ts'
import { eventsOf } from './task-events.ts'

const secondsMax = 99_999_999

const secondsOf = (
  visit: Visit<TaskState>,
  location: string,
  template: Json | undefined,
  value: Json | undefined,
): Outcome<number | undefined> => {
  if (value === undefined) return { ok: true, value: undefined }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= secondsMax) return { ok: true, value }
  return unexpected(visit, template ?? null, location, 'positive integer', value)
}

const milliseconds = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000)

const waitsForToken = ({ resource }: TaskState): boolean => resource.kind === 'invoke' && resource.waitForTaskToken

/** The first half of an attempt; it also begins every retry. */
export const task = async (visit: Visit<TaskState>): Promise<void> => {
  const { turn, frame, state } = visit
  const minted = waitsForToken(state) ? turn.tokens.mint() : undefined
  const fields = [
    { location: 'Arguments', template: state.arguments },
    { location: 'TimeoutSeconds', template: state.timeoutSeconds },
    { location: 'HeartbeatSeconds', template: state.heartbeatSeconds },
    { location: 'Credentials', template: state.credentials },
  ]
  const evaluated = await evaluate(visit, fields, { token: minted?.token })
  if (!evaluated.ok) return fail(visit, evaluated.failure)
  const [made, timeoutValue, heartbeatValue, credentials] = evaluated.value
  const timeout = secondsOf(visit, 'TimeoutSeconds', state.timeoutSeconds, timeoutValue)
  if (!timeout.ok) return fail(visit, timeout.failure)
  const heartbeat = secondsOf(visit, 'HeartbeatSeconds', state.heartbeatSeconds, heartbeatValue)
  if (!heartbeat.ok) return fail(visit, heartbeat.failure)
  const given = made === undefined ? frame.input : JSON.stringify(made)
  if (!within(given)) return fail(visit, tooLarge(visit).failure)
  const text = minted === undefined ? given : given.replaceAll(minted.token, minted.hash)
  const events = eventsOf(state.resource)
  const scheduledDetails = events.scheduled(text, turn.region, { timeout: timeout.value, heartbeat: heartbeat.value, credentials })
  const scheduled = record(turn, frame, events.types.scheduled, scheduledDetails, frame.last, minted?.hash)
  if (minted !== undefined) turn.minted.push({ hash: minted.hash, id: minted.id, execution: turn.live.row.key, frame: frame.id, scheduled })
  const attempt: Attempt = {
    scheduled,
    arguments: text,
    tokenId: minted?.id,
    tokenHash: minted?.hash,
    timeoutMs: milliseconds(timeout.value),
    heartbeatMs: milliseconds(heartbeat.value),
    deadline: undefined,
    heartbeatDeadline: undefined,
  }
  move(turn, frame, { is: 'scheduled', attempt })
}

const later = (at: number, ms: number | undefined): number | undefined => (ms === undefined ? undefined : at + ms)

/** The second half: the clock of the task runs, and the call is made after the commit. */
export const startTask = ({ turn, frame, state }: Visit<TaskState>, attempt: Attempt) => {
  const events = eventsOf(state.resource)
  record(turn, frame, events.types.started, events.started())
  const at = turn.now()
  const running = { ...attempt, deadline: later(at, attempt.timeoutMs), heartbeatDeadline: later(at, attempt.heartbeatMs) }
  move(turn, frame, { is: 'running', attempt: running })
  turn.calls.add(frame.id)
}

/** `result` is JSON text: of the call, or of SendTaskSuccess. */
export const succeedTask = async (visit: Visit<TaskState>, result: string): Promise<void> => {
  const { turn, frame, state } = visit
  const events = eventsOf(state.resource)
  if (!within(result)) return failTask(visit, resultTooLarge(events.quotaName))
  record(turn, frame, events.types.succeeded, events.succeeded(result))
  visit.base = frame.last
  const left = await leave(visit, { carrier: state, extra: { result }, fallback: result })
  if (!left.ok) await fail(visit, left.failure)
}

export const failTask = async (visit: Visit<TaskState>, failure: Failure): Promise<void> => {
  const events = eventsOf(visit.state.resource)
  record(visit.turn, visit.frame, events.types.failed, events.failed(failure))
  visit.base = visit.frame.last
  await fail(visit, failure)
}

/** The call of a task that waits for its token was answered. */
export const submitTask = ({ turn, frame, state }: Visit<TaskState>, attempt: Attempt, answer: string) => {
  const events = eventsOf(state.resource)
  record(turn, frame, 'TaskSubmitted', events.submitted(answer))
  move(turn, frame, { is: 'submitted', attempt })
}

/** Records that a deadline has passed and says which. What follows from it is `fail`'s to do, once all that is due was recorded. */
export const timeTaskOut = ({ turn, frame, state }: Visit<TaskState>, attempt: Attempt): Failure => {
  const events = eventsOf(state.resource)
  const isLate = attempt.deadline !== undefined && attempt.deadline <= turn.now()
  const failure = isLate ? timedOut : heartbeatMissed
  record(turn, frame, events.types.timedOut, events.failed(failure, 'TimedOut'))
  return failure
}

export const beatTask = ({ turn, frame }: Visit<TaskState>, attempt: Attempt) => {
  const beating = { ...attempt, heartbeatDeadline: later(turn.now(), attempt.heartbeatMs) }
  move(turn, frame, { is: frame.phase.is === 'submitted' ? 'submitted' : 'running', attempt: beating })
}
