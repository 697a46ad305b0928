/** One frame, one step: it enters its state, or begins it again after a retry's delay. */
import type { State } from '../definition/definition.ts'
import type { Frame } from '../engine/frame.ts'
import { stateOf } from '../engine/live.ts'
import { record, type Turn } from '../engine/turn.ts'
import type { Visit } from '../engine/visit.ts'
import { details } from '../history/event.ts'
import { choice } from './choice.ts'
import { failState } from './fail-state.ts'
import { map } from './map.ts'
import { parallel } from './parallel.ts'
import { pass } from './pass.ts'
import { task } from './task.ts'
import { wait } from './wait.ts'

const begin = (visit: Omit<Visit, 'state'>, state: State): Promise<void> => {
  switch (state.type) {
    case 'Pass':
    case 'Succeed':
      return pass({ ...visit, state })
    case 'Task':
      return task({ ...visit, state })
    case 'Choice':
      return choice({ ...visit, state })
    case 'Wait':
      return wait({ ...visit, state })
    case 'Fail':
      return failState({ ...visit, state })
    case 'Parallel':
      return parallel({ ...visit, state })
    case 'Map':
      return map({ ...visit, state })
  }
}

export const enter = async (turn: Turn, frame: Frame): Promise<void> => {
  const state = stateOf(turn.live, frame)
  const base = frame.last
  if (frame.phase.is === 'retrying') return begin({ turn, frame, base }, state)
  frame.enteredAt = turn.now()
  frame.retries = []
  frame.entered = record(turn, frame, `${state.type}StateEntered`, details.entered(frame.state, frame.input))
  await begin({ turn, frame, base }, state)
}
