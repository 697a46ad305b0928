/** A running execution in memory: what its rows say, kept so that a transition need not read them again. */
import type { Definition, Scope, State } from '../definition/definition.ts'
import { parseDefinition } from '../definition/parse.ts'
import { invariant } from '../invariant.ts'
import type { ExecutionRow } from '../storage/executions.ts'
import { dueOf, type Frame } from './frame.ts'
import type { Turn } from './turn.ts'

/** A frame moves, or a child has ended at event `last` and its parent goes on. */
export type Step =
  | { readonly is: 'move'; readonly frame: number }
  | { readonly is: 'settle'; readonly child: number; readonly last: number }

/** What happens to an execution in a turn. */
export type Act = (turn: Turn) => Promise<void> | void

export type Live = {
  readonly row: ExecutionRow
  readonly definition: Definition
  readonly frames: Map<number, Frame>
  lastEvent: number
  lastFrame: number
  closed: boolean
  /** Epoch ms at which it wakes by itself, as of the last commit; infinite when it does not. */
  due: number
  /** What a turn left for the next one. */
  readonly leftover: Step[]
  readonly leftoverScheduled: number[]
  /** Resolves when its beginning is on disk. */
  born: Promise<void>
  /** What waits for the next turn, and whether turns are being taken. */
  readonly queue: { readonly act: Act; readonly resolve: () => void; readonly reject: (error: unknown) => void }[]
  pumping: boolean
}

export const rootId = 1

export const liveOf = (row: ExecutionRow, definitionText: string, frames: readonly Frame[], lastEvent: number): Live => ({
  row,
  definition: parseDefinition(definitionText),
  frames: new Map(frames.map(frame => [frame.id, frame])),
  lastEvent,
  lastFrame: Math.max(rootId, ...frames.map(frame => frame.id)),
  closed: false,
  due: Number.POSITIVE_INFINITY,
  leftover: [],
  leftoverScheduled: [],
  born: Promise.resolve(),
  queue: [],
  pumping: false,
})

export const rootFrame = (definition: Definition, input: string): Frame => ({
  id: rootId,
  parent: undefined,
  index: 0,
  item: undefined,
  state: definition.startAt,
  input,
  variables: new Map(),
  last: 0,
  entered: 0,
  enteredAt: 0,
  retries: [],
  phase: { is: 'ready' },
})

export const frameOf = (live: Live, id: number): Frame => {
  const frame = live.frames.get(id)
  invariant(frame, `frame ${id} is alive`)
  return frame
}

const scopeOf = (live: Live, frame: Frame): Scope => {
  if (frame.parent === undefined) return live.definition
  const around = stateOf(live, frameOf(live, frame.parent))
  if (around.type === 'Map') return around.processor
  const branch = around.type === 'Parallel' ? around.branches[frame.index] : undefined
  invariant(branch, 'only Parallel and Map states have children')
  return branch
}

export const stateOf = (live: Live, frame: Frame): State => {
  const state = scopeOf(live, frame).states.get(frame.state)
  invariant(state, `state ${frame.state} is in its scope`)
  return state
}

/** In the order of branches and iterations. */
export const childrenOf = (live: Live, frame: Frame): Frame[] =>
  [...live.frames.values()].filter(child => child.parent === frame.id).sort((a, b) => a.index - b.index)

/** Own variables over those of the frames above. */
export const variablesOf = (live: Live, frame: Frame): ReadonlyMap<string, string> =>
  frame.parent === undefined ? frame.variables : new Map([...variablesOf(live, frameOf(live, frame.parent)), ...frame.variables])

/** The item and index of the innermost iteration around a frame. */
export const iterationOf = (live: Live, frame: Frame): { index: number; item: string } | undefined => {
  if (frame.item !== undefined) return { index: frame.index, item: frame.item }
  return frame.parent === undefined ? undefined : iterationOf(live, frameOf(live, frame.parent))
}

export const dueAt = (live: Live): number => {
  const dues = [...live.frames.values()].map(frame => dueOf(frame) ?? Number.POSITIVE_INFINITY)
  return dues.reduce((least, due) => Math.min(least, due), live.row.deadline ?? Number.POSITIVE_INFINITY)
}
