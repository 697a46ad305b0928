/** A frame's last state was left: the execution succeeded, or the state around the frame goes on. */
import { details } from '../history/event.ts'
import type { Frame } from './frame.ts'
import { frameOf, stateOf } from './live.ts'
import { close, move, record, type Turn } from './turn.ts'

export const endFrame = (turn: Turn, frame: Frame, output: string) => {
  if (frame.parent === undefined) {
    close(turn, 'ExecutionSucceeded', frame.last, details.executionSucceeded(output), { status: 'SUCCEEDED', output })
    return
  }
  move(turn, frame, { is: 'ended', output })
  const parent = frameOf(turn.live, frame.parent)
  const around = stateOf(turn.live, parent)
  const last = frame.last
  if (around.type === 'Map') record(turn, frame, 'MapIterationSucceeded', details.iteration('Succeeded', parent.state, frame.index))
  turn.agenda.push({ is: 'settle', child: frame.id, last })
}
