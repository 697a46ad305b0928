/** One state, once, with nothing stored: what TestState shows. Retries do not wait and transitions are not followed. */
import { invariant } from '../invariant.ts'
import { isJsonObject, type Json, own } from '../json.ts'
import { enter } from '../states/enter.ts'
import { failTask, startTask, succeedTask } from '../states/task.ts'
import { awake } from '../states/wait.ts'
import type { ExecutionRow } from '../storage/executions.ts'
import { answerText, failureOf, requestOf } from './call.ts'
import { openTurn } from './commit.ts'
import type { Failure } from './failure.ts'
import type { Frame } from './frame.ts'
import { type Live, liveOf, rootFrame, stateOf } from './live.ts'
import type { EngineParts } from './parts.ts'
import type { Turn } from './turn.ts'

export type ProbeRequest = {
  readonly row: ExecutionRow
  /** A machine of this one state; where it leads to need not be in it. */
  readonly definition: string
  readonly variables: ReadonlyMap<string, string>
  /** Stands in for the call of a task: the JSON text of its result, or its failure. */
  readonly mock: { readonly result: string } | { readonly failure: Failure } | undefined
}
export type Probe = {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR' | 'UNSUPPORTED'
  readonly output: string | undefined
  readonly nextState: string | undefined
  readonly error: string | undefined
  readonly cause: string | undefined
  /** JSON text of a task's arguments, once they were worked out. */
  readonly afterArguments: string | undefined
}

const callTask = async (parts: EngineParts, turn: Turn, frame: Frame, mock: ProbeRequest['mock']): Promise<void> => {
  if (frame.phase.is !== 'scheduled') return
  const { attempt } = frame.phase
  const state = stateOf(turn.live, frame)
  invariant(state.type === 'Task', 'only tasks are scheduled')
  startTask({ turn, frame, state, base: frame.last }, attempt)
  const visit = { turn, frame, state, base: frame.last }
  if (mock !== undefined) return 'result' in mock ? succeedTask(visit, mock.result) : failTask(visit, mock.failure)
  const asked = Promise.resolve().then(() => parts.invoke(requestOf(state, attempt, parts.tokens, parts.now())))
  const answer: NonNullable<ProbeRequest['mock']> = await asked.then(
    result => ({ result: answerText(state, result, parts.now()) }),
    (refusal: unknown) => ({ failure: failureOf(refusal) }),
  )
  return 'result' in answer ? succeedTask(visit, answer.result) : failTask(visit, answer.failure)
}

/** The last error that the events tell of. */
const errorIn = ({ events }: Turn): { error: string | undefined; cause: string | undefined } => {
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : undefined)
  for (const { type, details } of events.toReversed()) {
    if (!/(Failed|TimedOut)$/.test(type)) continue
    const detail = Object.values(details).find(isJsonObject)
    if (detail !== undefined)
      return {
        error: text(own(detail, 'error')),
        cause: text(own(detail, 'cause'))?.replace(
          /^An error occurred while executing the state '.*?' \(entered at the event id #\d+\)\. /s,
          '',
        ),
      }
  }
  return { error: undefined, cause: undefined }
}

const argumentsIn = ({ events }: Turn): string | undefined => {
  const scheduled = events
    .map(({ details }) => Object.values(details).find(isJsonObject))
    .find(detail => detail !== undefined && 'parameters' in detail)
  const parameters = scheduled === undefined ? undefined : own(scheduled, 'parameters')
  return typeof parameters === 'string' ? parameters : undefined
}

const outcomeOf = (live: Live, turn: Turn, frame: Frame): Probe => {
  const nothing = { output: undefined, nextState: undefined, error: undefined, cause: undefined }
  const failed = { ...nothing, ...errorIn(turn) }
  const afterArguments = argumentsIn(turn)
  const { ending } = turn
  if (ending?.status === 'SUCCEEDED') return { ...nothing, status: 'SUCCEEDED', output: ending.output, afterArguments }
  if (ending !== undefined) return { ...failed, status: 'FAILED', afterArguments }
  if (frame.phase.is === 'backing-off') return { ...failed, status: 'RETRIABLE', afterArguments }
  if (!live.frames.has(frame.id) || frame.phase.is !== 'ready') return { ...nothing, status: 'UNSUPPORTED', afterArguments }
  const left = { output: frame.input, nextState: frame.state, afterArguments }
  const wasCaught = failed.error !== undefined || turn.events.some(({ type }) => type.endsWith('Failed'))
  return wasCaught ? { ...failed, ...left, status: 'CAUGHT_ERROR' } : { ...nothing, ...left, status: 'SUCCEEDED' }
}

export const probe = async (parts: EngineParts, { row, definition, variables, mock }: ProbeRequest): Promise<Probe> => {
  const live = liveOf(row, definition, [], 0)
  const frame = rootFrame(live.definition, row.input)
  const name = frame.state
  frame.variables = variables
  live.frames.set(frame.id, frame)
  const turn = openTurn(parts, live)
  await enter(turn, frame)
  await callTask(parts, turn, frame, mock)
  const state = frame.state === name && live.frames.has(frame.id) ? stateOf(live, frame) : undefined
  if (frame.phase.is === 'waiting' && state?.type === 'Wait') await awake({ turn, frame, state, base: frame.last })
  return outcomeOf(live, turn, frame)
}
