/** Stopping what runs below a state, with the events that say so. All of them follow the event that was the reason. */
import { details } from '../history/event.ts'
import type { Frame } from './frame.ts'
import { childrenOf, stateOf } from './live.ts'
import { note, removeFrame, type Turn } from './turn.ts'

/* States of the other types never rest, so that they cannot be found half done; a state that was not entered yet has no event to answer. */
const abortable = new Set(['Task', 'Wait', 'Parallel', 'Map'])

const stop = (turn: Turn, child: Frame, because: number) => {
  const { type } = stateOf(turn.live, child)
  for (const grandchild of childrenOf(turn.live, child)) stopOne(turn, child, grandchild, because, 'Aborted')
  if (abortable.has(type) && child.phase.is !== 'ready') note(turn, `${type}StateAborted`, because, {})
  removeFrame(turn, child)
}

const stopOne = (turn: Turn, parent: Frame, child: Frame, because: number, outcome: 'Failed' | 'Aborted') => {
  if (child.phase.is === 'ended') return removeFrame(turn, child)
  if (stateOf(turn.live, parent).type === 'Map')
    note(turn, `MapIteration${outcome}`, because, details.iteration(outcome, parent.state, child.index))
  stop(turn, child, because)
}

/** Everything below a state that failed by itself. */
export const stopAll = (turn: Turn, parent: Frame) => {
  for (const child of childrenOf(turn.live, parent)) stopOne(turn, parent, child, parent.last, 'Aborted')
}

/** `culprit` is the child that failed; the others are aborted with it. */
export const stopChildren = (turn: Turn, parent: Frame, culprit: Frame) => {
  const others = childrenOf(turn.live, parent).filter(child => child !== culprit)
  stopOne(turn, parent, culprit, culprit.last, 'Failed')
  for (const child of others) stopOne(turn, parent, child, culprit.last, 'Aborted')
}
