/** Moves every frame of an execution as far as it can go, in the order in which they became able to. */
import { enter } from '../states/enter.ts'
import { startTask } from '../states/task.ts'
import { type Step, stateOf } from './live.ts'
import { settle } from './nest.ts'
import type { Turn } from './turn.ts'

/*
 * Steps in one transaction: a loop of states that never rest still commits, and lets others and a stop in between. A turn never ends with a
 * child to be settled, so that what is left to do can be read from the phases of the frames alone.
 */
const stepsMax = 100

const take = async (turn: Turn, step: Step): Promise<void> => {
  const frame = turn.live.frames.get(step.is === 'move' ? step.frame : step.child)
  if (frame === undefined) return
  if (step.is === 'settle') return settle(turn, frame, step.last)
  if (frame.phase.is === 'ready' || frame.phase.is === 'retrying') await enter(turn, frame)
}

const startScheduled = (turn: Turn) => {
  for (const id of turn.scheduled.splice(0)) {
    const frame = turn.live.frames.get(id)
    if (frame === undefined || frame.phase.is !== 'scheduled') continue
    const state = stateOf(turn.live, frame)
    if (state.type === 'Task') startTask({ turn, frame, state, base: frame.last }, frame.phase.attempt)
  }
}

/** Reports whether there is more to do in another turn. */
export const drain = async (turn: Turn): Promise<boolean> => {
  for (let steps = 0; steps < stepsMax || turn.agenda.some(({ is }) => is === 'settle'); steps += 1) {
    const step = turn.agenda.shift()
    if (step !== undefined) await take(turn, step)
    else if (turn.scheduled.length > 0) startScheduled(turn)
    else return false
  }
  return turn.agenda.length > 0 || turn.scheduled.length > 0
}
