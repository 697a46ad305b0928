/**
 * Turns of one execution follow each other; those of different ones run side by side, and their commits are grouped. What has gathered for an
 * execution while it was busy is one turn: forty answers that come together cost one commit.
 */
import { reason } from '../history/event.ts'
import { commitTurn, openTurn } from './commit.ts'
import { drain } from './drain.ts'
import { type Act, dueAt, type Live } from './live.ts'
import type { EngineParts } from './parts.ts'
import { close, HistoryFull, type Turn } from './turn.ts'

export type Turns = {
  /** Resolves when what the act did is on disk; rejects when it could not be written. */
  readonly take: (live: Live, act: Act) => Promise<void>
  /** Resolves when no turn is under way, with whether there was one. */
  readonly idle: () => Promise<boolean>
  readonly close: () => void
}

type Listeners = {
  /** After the commit: its effects may begin. */
  readonly committed: (turn: Turn) => void
  /** The execution in memory is of no use any more. */
  readonly forget: (live: Live) => void
  /** The execution as it stands on disk, while it is running there. */
  readonly reload: (live: Live) => Live | undefined
}

/* One moment, so that what comes together is taken together. */
const gathered = async (live: Live) => {
  await Promise.resolve()
  return live.queue.splice(0)
}

const historyFull = 'The execution reached the maximum number of history events (25000).'

const failExecution = (turn: Turn, cause: string) => {
  const failure = reason('States.Runtime', cause)
  close(turn, 'ExecutionFailed', turn.live.lastEvent, { executionFailedEventDetails: failure }, { status: 'FAILED', ...failure })
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Reports whether there is more to do in another turn. An act that comes after the end finds nothing to do. */
const work = async (turn: Turn, acts: readonly Act[]): Promise<boolean> => {
  let more = false
  try {
    for (const act of acts) {
      if (turn.live.closed) return false
      await act(turn)
      more = turn.live.closed ? false : await drain(turn)
    }
    return more
  } catch (error) {
    if (!(error instanceof HistoryFull)) throw error
    failExecution(turn, historyFull)
    return false
  }
}

export const createTurns = (parts: EngineParts, { committed, forget, reload }: Listeners): Turns => {
  let open = true
  let busy = 0
  const idlers: ((waited: boolean) => void)[] = []

  /** What is on disk is the truth: after a mistake of ours the execution is read again, and fails with it. */
  const failBroken = async (broken: Live, error: unknown) => {
    const live = reload(broken)
    if (live === undefined) throw error
    const turn = openTurn(parts, live)
    failExecution(turn, `The interpreter failed: ${sentenceOf(error)}`)
    await commitTurn(parts, turn)
    forget(live)
  }

  const run = async (live: Live, acts: readonly Act[]): Promise<void> => {
    if (live.closed || !open) return
    const turn = openTurn(parts, live)
    let more = false
    try {
      more = await work(turn, acts)
    } catch (error) {
      live.closed = true
      return open ? failBroken(live, error) : undefined
    }
    if (!open) return
    await commitTurn(parts, turn)
    if (!open) return
    live.due = live.closed ? Number.POSITIVE_INFINITY : dueAt(live)
    if (live.closed) forget(live)
    live.leftover.push(...turn.agenda)
    live.leftoverScheduled.push(...turn.scheduled)
    committed(turn)
    if (more) void take(live, () => undefined)
  }

  const rest = (done: number) => {
    busy -= done
    if (busy === 0) for (const resolve of idlers.splice(0)) resolve(true)
  }

  /** A commit that fails is told to whoever waits for this turn; the execution is taken up again from the disk when it is next asked for. */
  const pump = async (live: Live) => {
    live.pumping = true
    for (let group = await gathered(live); group.length > 0; group = await gathered(live)) {
      try {
        await run(
          live,
          group.map(({ act }) => act),
        )
        for (const { resolve } of group) resolve()
      } catch (error) {
        live.closed = true
        forget(live)
        for (const { reject } of group) reject(error)
      }
      rest(group.length)
    }
    live.pumping = false
  }

  const take = (live: Live, act: Act): Promise<void> => {
    busy += 1
    const done = new Promise<void>((resolve, reject) => live.queue.push({ act, resolve, reject }))
    done.catch(() => undefined)
    if (!live.pumping) void pump(live)
    return done
  }

  return {
    take,
    idle: () => (busy === 0 ? Promise.resolve(false) : new Promise(resolve => idlers.push(resolve))),
    close: () => {
      open = false
    },
  }
}
