/**
 * A turn is one unit of work of one execution: it changes the frames and adds events in memory, then all of it is written in one transaction,
 * and only then do its effects (calls of functions) begin. What a turn has not committed never happened.
 */
import { type HistoryEvent, historyEventsMax } from '../history/event.ts'
import type { JsonObject } from '../json.ts'
import type { Query } from '../query/query.ts'
import type { Ending, ExecutionRow, TokenRow } from '../storage/executions.ts'
import type { Tokens } from '../tokens.ts'
import type { Frame } from './frame.ts'
import type { Live, Step } from './live.ts'

export type Turn = {
  readonly live: Live
  readonly now: () => number
  readonly query: Query
  readonly tokens: Tokens
  readonly region: string
  readonly events: HistoryEvent[]
  readonly changed: Set<number>
  readonly removed: Set<number>
  readonly minted: TokenRow[]
  /** Frames whose functions are to be called after the commit. */
  readonly calls: Set<number>
  /** What there is to do, first come first served. */
  readonly agenda: Step[]
  /** Scheduled tasks; they start when nothing else can move. */
  readonly scheduled: number[]
  /** Set by the turn that begins the execution. */
  birth: ExecutionRow | undefined
  ending: Ending | undefined
}

/** The history is full: nothing but the failure of the execution fits any more. */
export class HistoryFull extends Error {}

const append = (turn: Turn, type: string, previous: number, details: JsonObject, tokenHash?: string): number => {
  turn.live.lastEvent += 1
  turn.events.push({ id: turn.live.lastEvent, previous, type, at: turn.now(), details, tokenHash })
  return turn.live.lastEvent
}

/** An event of an execution that is not a step of any frame. */
export const note = (turn: Turn, type: string, previous: number, details: JsonObject): number => {
  if (turn.live.lastEvent >= historyEventsMax - 1) throw new HistoryFull()
  return append(turn, type, previous, details)
}

/** The next event of a frame. `previous` is what it follows, by default the frame's last one. */
export const record = (turn: Turn, frame: Frame, type: string, details: JsonObject, previous = frame.last, tokenHash?: string): number => {
  if (turn.live.lastEvent >= historyEventsMax - 1) throw new HistoryFull()
  frame.last = append(turn, type, previous, details, tokenHash)
  turn.changed.add(frame.id)
  return frame.last
}

export const touch = (turn: Turn, frame: Frame) => {
  turn.changed.add(frame.id)
}

export const removeFrame = (turn: Turn, frame: Frame) => {
  turn.live.frames.delete(frame.id)
  turn.changed.delete(frame.id)
  turn.removed.add(frame.id)
  turn.calls.delete(frame.id)
}

export const addFrame = (turn: Turn, frame: Omit<Frame, 'id'>): Frame => {
  turn.live.lastFrame += 1
  const added = { ...frame, id: turn.live.lastFrame }
  turn.live.frames.set(added.id, added)
  turn.changed.add(added.id)
  turn.agenda.push({ is: 'move', frame: added.id })
  return added
}

export const move = (turn: Turn, frame: Frame, phase: Frame['phase']) => {
  frame.phase = phase
  turn.changed.add(frame.id)
  if (phase.is === 'ready' || phase.is === 'retrying') turn.agenda.push({ is: 'move', frame: frame.id })
  if (phase.is === 'scheduled') turn.scheduled.push(frame.id)
}

/** Ends the execution with its last event; there is always room for that one. */
export const close = (turn: Turn, type: string, previous: number, details: JsonObject, ending: Omit<Ending, 'at'>) => {
  append(turn, type, previous, details)
  turn.ending = { ...ending, at: turn.now() }
  turn.live.closed = true
  turn.live.frames.clear()
  turn.changed.clear()
  turn.removed.clear()
  turn.calls.clear()
  turn.agenda.length = 0
  turn.scheduled.length = 0
}
