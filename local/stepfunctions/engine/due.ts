/** What time does to an execution: its own timeout, waits and retry delays that end, tasks that are late. */

import { timeTaskOut } from '../states/task.ts'
import { awake } from '../states/wait.ts'
import { fail } from './fail.ts'
import type { Failure } from './failure.ts'
import { dueOf, type Frame } from './frame.ts'
import { stateOf } from './live.ts'
import { close, move, type Turn } from './turn.ts'
import type { Visit } from './visit.ts'

const wake = async (turn: Turn, frame: Frame): Promise<{ visit: Visit; failure: Failure } | undefined> => {
  const state = stateOf(turn.live, frame)
  const { phase } = frame
  if (phase.is === 'backing-off') move(turn, frame, { is: 'retrying' })
  if (phase.is === 'waiting' && state.type === 'Wait') await awake({ turn, frame, state, base: frame.last })
  if ((phase.is !== 'running' && phase.is !== 'submitted') || state.type !== 'Task') return undefined
  const visit = { turn, frame, state, base: frame.last }
  const failure = timeTaskOut(visit, phase.attempt)
  return { visit: { ...visit, base: frame.last }, failure }
}

/** Deadlines that passed at the same time are all recorded before the first of them has consequences. */
export const passDue = async (turn: Turn): Promise<void> => {
  const { live } = turn
  const at = turn.now()
  if (live.row.deadline !== undefined && live.row.deadline <= at)
    return close(turn, 'ExecutionTimedOut', 0, { executionTimedOutEventDetails: { error: 'States.Timeout' } }, { status: 'TIMED_OUT' })
  const late = [...live.frames.values()].filter(frame => (dueOf(frame) ?? Number.POSITIVE_INFINITY) <= at)
  const failures: { visit: Visit; failure: Failure }[] = []
  for (const frame of late) {
    if (live.frames.get(frame.id) !== frame) continue
    const failed = await wake(turn, frame)
    if (failed !== undefined) failures.push(failed)
  }
  for (const { visit, failure } of failures) if (live.frames.get(visit.frame.id) === visit.frame) await fail(visit, failure)
}
