/** Parallel and Map states while their children run: starting them, counting them in, and going on when all are done. */
import type { MapState, ParallelState } from '../definition/definition.ts'
import { details } from '../history/event.ts'
import { stopAll } from './abort.ts'
import { fail } from './fail.ts'
import type { Frame, Nest } from './frame.ts'
import { leave } from './leave.ts'
import { childrenOf, frameOf, stateOf } from './live.ts'
import { addFrame, move, record, removeFrame, type Turn } from './turn.ts'
import { evaluate, type Visit } from './visit.ts'

/** The service never runs more iterations of an inline Map at once, whatever MaxConcurrency says. */
export const concurrencyMax = 40

const child = (parent: Frame, index: number, state: string, input: string, last: number, item?: string): Omit<Frame, 'id'> => ({
  parent: parent.id,
  index,
  item,
  state,
  input,
  variables: new Map(),
  last,
  entered: 0,
  enteredAt: 0,
  retries: [],
  phase: { is: 'ready' },
})

export const startBranches = ({ turn, frame, state }: Visit<ParallelState>, input: string) => {
  record(turn, frame, 'ParallelStateStarted', {})
  const total = state.branches.length
  move(turn, frame, { is: 'nesting', nest: { total, items: [], started: total, concurrencyMax: total, failuresMax: 0, failures: 0 } })
  state.branches.forEach((branch, index) => {
    addFrame(turn, child(frame, index, branch.startAt, input, frame.last))
  })
}

/** Starts as many iterations as may run; each follows the event `after`. A selector that goes wrong fails the whole Map. */
export const startIterations = async (visit: Visit<MapState>, after: number): Promise<void> => {
  const { turn, frame, state } = visit
  for (;;) {
    if (frame.phase.is !== 'nesting') return
    const { nest } = frame.phase
    const running = childrenOf(turn.live, frame).filter(({ phase }) => phase.is !== 'ended').length
    const [item, ...items] = nest.items
    if (item === undefined || running >= nest.concurrencyMax) return
    const index = nest.started
    const selected = await evaluate(visit, [{ location: 'ItemSelector', template: state.itemSelector }], { item: { index, item } })
    if (!selected.ok) {
      stopAll(turn, frame)
      return fail(visit, selected.failure)
    }
    const [made] = selected.value
    move(turn, frame, { is: 'nesting', nest: { ...nest, items, started: index + 1 } })
    const input = made === undefined ? item : JSON.stringify(made)
    const started = addFrame(turn, child(frame, index, state.processor.startAt, input, after, item))
    record(turn, started, 'MapIterationStarted', details.iteration('Started', frame.state, index))
  }
}

const finish = async (visit: Visit<MapState | ParallelState>, from: number) => {
  const { turn, frame, state } = visit
  const outputs: string[] = []
  for (const ended of childrenOf(turn.live, frame)) {
    if (ended.phase.is === 'ended' && ended.phase.output !== undefined) outputs.push(ended.phase.output)
    removeFrame(turn, ended)
  }
  record(turn, frame, `${state.type}StateSucceeded`, {}, from)
  frame.last = from
  visit.base = from
  const result = `[${outputs.join(',')}]`
  const left = await leave(visit, { carrier: state, extra: { result }, fallback: result })
  if (!left.ok) await fail(visit, left.failure)
}

/** Nothing is left to run: also true at once for a Map of no items. */
const isDone = (turn: Turn, frame: Frame, nest: Nest): boolean =>
  nest.items.length === 0 && childrenOf(turn.live, frame).every(({ phase }) => phase.is === 'ended')

export const finishIfDone = async (visit: Visit<MapState | ParallelState>, from: number): Promise<void> => {
  const { phase } = visit.frame
  if (phase.is === 'nesting' && isDone(visit.turn, visit.frame, phase.nest)) await finish(visit, from)
}

/** A child ended; `last` is its last event before the one that says so. */
export const settle = async (turn: Turn, ended: Frame, last: number): Promise<void> => {
  if (ended.parent === undefined) return
  const frame = frameOf(turn.live, ended.parent)
  const state = stateOf(turn.live, frame)
  if (state.type === 'Map') await startIterations({ turn, frame, state, base: last }, last)
  if (state.type === 'Map') await finishIfDone({ turn, frame, state, base: last }, ended.last)
  if (state.type === 'Parallel') await finishIfDone({ turn, frame, state, base: last }, ended.last)
}
