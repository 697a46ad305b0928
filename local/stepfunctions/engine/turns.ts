/** Turns of one execution follow each other; those of different ones run side by side, and their commits are grouped. */
import { reason } from '../history/event.ts'
import { commitTurn, openTurn } from './commit.ts'
import { drain } from './drain.ts'
import { dueAt, type Live } from './live.ts'
import type { EngineParts } from './parts.ts'
import { close, HistoryFull, type Turn } from './turn.ts'

export type Act = (turn: Turn) => Promise<void> | void

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

const historyFull = 'The execution reached the maximum number of history events (25000).'

const failExecution = (turn: Turn, cause: string) => {
  const failure = reason('States.Runtime', cause)
  close(turn, 'ExecutionFailed', turn.live.lastEvent, { executionFailedEventDetails: failure }, { status: 'FAILED', ...failure })
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Reports whether there is more to do in another turn. */
const work = async (turn: Turn, act: Act): Promise<boolean> => {
  try {
    await act(turn)
    return turn.live.closed ? false : await drain(turn)
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

  const run = async (live: Live, act: Act): Promise<void> => {
    if (live.closed || !open) return
    const turn = openTurn(parts, live)
    let more = false
    try {
      more = await work(turn, act)
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

  const rest = () => {
    busy -= 1
    if (busy === 0) for (const resolve of idlers.splice(0)) resolve(true)
  }

  const take = (live: Live, act: Act): Promise<void> => {
    busy += 1
    const done = live.turns.then(() => run(live, act))
    /* A commit that fails is told to whoever waits for this turn; the execution goes on from the disk after a restart. */
    live.turns = done
      .catch(() => {
        live.closed = true
        forget(live)
      })
      .then(rest)
    done.catch(() => undefined)
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
