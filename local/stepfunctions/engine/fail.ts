/**
 * A state failed. In this order: a retrier that has attempts left, a catcher, and otherwise the frame fails, and with it what is around it.
 * When a branch or an iteration fails for good, its siblings are stopped, and the state around them fails with its error.
 */
import type { Catcher, Retrier, State } from '../definition/definition.ts'
import { details, reason } from '../history/event.ts'
import { stopChildren } from './abort.ts'
import { type Failure, matches } from './failure.ts'
import type { Frame } from './frame.ts'
import { leave } from './leave.ts'
import { frameOf, stateOf } from './live.ts'
import { close, move, record, type Turn } from './turn.ts'
import type { Visit } from './visit.ts'

type FailingState = Extract<State, { retry: readonly Retrier[] }>
const isFailing = (visit: Visit): visit is Visit<FailingState> => 'retry' in visit.state

const delayMs = ({ intervalSeconds, backoffRate, maxDelaySeconds, jitter }: Retrier, attempt: number): number => {
  const seconds = Math.min(intervalSeconds * backoffRate ** attempt, maxDelaySeconds ?? 31_622_400)
  return Math.round(seconds * 1000 * (jitter === 'FULL' ? Math.random() : 1))
}

/** Only the first retrier that names the error counts; when it is used up, there is no retry. */
const retried = ({ turn, frame, state }: Visit<FailingState>, failure: Failure): boolean => {
  const index = state.retry.findIndex(({ errorEquals }) => matches(errorEquals, failure))
  const retrier = state.retry[index]
  const used = frame.retries[index] ?? 0
  if (retrier === undefined || used >= retrier.maxAttempts) return false
  frame.retries = state.retry.map((_, position) => (frame.retries[position] ?? 0) + (position === index ? 1 : 0))
  move(turn, frame, { is: 'backing-off', until: turn.now() + delayMs(retrier, used) })
  return true
}

/** An error without a cause of its own is shown with an empty one, an error that was given none with null. */
const errorOutputOf = ({ error, cause }: Failure): string =>
  JSON.stringify({ Error: error ?? null, Cause: cause ?? (error === 'States.Timeout' ? '' : null) })

/** Terminal errors pass every state by, unless one around the frame names them: nothing is recorded but the end. */
const isNamedAround = (turn: Turn, frame: Frame, failure: Failure): boolean => {
  const state = stateOf(turn.live, frame)
  const named = 'retry' in state && [...state.retry, ...state.catchers].some(({ errorEquals }) => matches(errorEquals, failure))
  return named || (frame.parent !== undefined && isNamedAround(turn, frameOf(turn.live, frame.parent), failure))
}

const failExecution = (turn: Turn, from: Frame, { error, cause }: Failure) => {
  const ending = { status: 'FAILED' as const, ...reason(error, cause) }
  close(turn, 'ExecutionFailed', from.last, { executionFailedEventDetails: reason(error, cause) }, ending)
}

/** The catcher's own Assign or Output may fail; the state then fails a second time, with that error. */
const caught = async (visit: Visit<FailingState>, failure: Failure, before: number): Promise<Failure | undefined> => {
  const { turn, frame, state } = visit
  const catcher: Catcher | undefined = state.catchers.find(({ errorEquals }) => matches(errorEquals, failure))
  if (catcher === undefined) return failure
  visit.base = before
  const errorOutput = errorOutputOf(failure)
  const left = await leave(visit, { carrier: catcher, extra: { errorOutput }, fallback: errorOutput })
  if (left.ok) return undefined
  if (state.type !== 'Task') record(turn, frame, `${state.type}StateFailed`, {})
  return left.failure
}

export const fail = async (visit: Visit, failure: Failure): Promise<void> => {
  const { turn, frame, state } = visit
  if (failure.terminal !== undefined && !isNamedAround(turn, frame, failure)) return failExecution(turn, frame, failure)
  if (!isFailing(visit)) return failFrame(turn, frame, failure)
  if (retried(visit, failure)) return
  const before = frame.last
  if (state.type !== 'Task') record(turn, frame, `${state.type}StateFailed`, {})
  const left = await caught(visit, failure, before)
  if (left !== undefined) await failFrame(turn, frame, left)
}

const failFrame = async (turn: Turn, frame: Frame, failure: Failure): Promise<void> => {
  if (frame.parent === undefined) return failExecution(turn, frame, failure)
  const parent = frameOf(turn.live, frame.parent)
  const { phase } = parent
  if (phase.is !== 'nesting') return
  const failures = phase.nest.failures + 1
  const state = stateOf(turn.live, parent)
  if (state.type === 'Map' && failures <= phase.nest.failuresMax) {
    const last = frame.last
    record(turn, frame, 'MapIterationFailed', details.iteration('Failed', parent.state, frame.index))
    move(turn, frame, { is: 'ended', output: undefined })
    move(turn, parent, { is: 'nesting', nest: { ...phase.nest, failures } })
    turn.agenda.push({ is: 'settle', child: frame.id, last })
    return
  }
  stopChildren(turn, parent, frame)
  parent.last = frame.last
  const exceeded = phase.nest.failuresMax > 0
  const threshold = { error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded' }
  await fail({ turn, frame: parent, state, base: parent.last }, exceeded ? threshold : failure)
}
