/**
 * Runs executions. Each has a queue of turns, so that one thing happens to it at a time; a turn's writes are one transaction, shared with the
 * turns of other executions that end at about the same moment. Nothing is called, answered or shown before it is on disk.
 */
import { reason } from '../history/event.ts'
import { invariant } from '../invariant.ts'
import type { Query } from '../query/query.ts'
import { beatTask, failTask, submitTask, succeedTask } from '../states/task.ts'
import type { Database } from '../storage/database.ts'
import type { Ending, ExecutionRow, Executions } from '../storage/executions.ts'
import type { Machines } from '../storage/machines.ts'
import type { Tokens } from '../tokens.ts'
import { answerText, failureOf, type Invoke, requestOf } from './call.ts'
import { commitTurn, openTurn } from './commit.ts'
import { drain } from './drain.ts'
import { passDue } from './due.ts'
import type { Failure } from './failure.ts'
import type { Frame } from './frame.ts'
import { dueAt, type Live, liveOf, rootFrame, stateOf } from './live.ts'
import { close, HistoryFull, record, type Turn, touch } from './turn.ts'

export type Timer = (delayMs: number, wake: () => void) => { cancel: () => void }

export type EngineParts = {
  readonly database: Database
  readonly executions: Executions
  readonly machines: Machines
  readonly tokens: Tokens
  readonly query: Query
  readonly now: () => number
  readonly timer: Timer
  readonly invoke: Invoke
  readonly region: string
}

export type Answer = { readonly success: string } | { readonly failure: Failure } | 'heartbeat'
export type Engine = ReturnType<typeof createEngine>

/* Timers of this platform hold 31 bits of milliseconds; a later moment is reached in several sleeps. */
const sleepMsMax = 2_147_483_647

const historyFull = 'The execution reached the maximum number of history events (25000).'

export const createEngine = (parts: EngineParts) => {
  const { executions, machines, tokens, now, timer, invoke } = parts
  const lives = new Map<string, Live>()
  let alarm: { at: number; cancel: () => void } | undefined
  let open = true
  let lastKey = executions.lastKey()
  /** Turns under way or queued, and who waits for there being none. */
  let busy = 0
  const idlers: ((waited: boolean) => void)[] = []

  const setAlarm = () => {
    let at = Number.POSITIVE_INFINITY
    for (const live of lives.values()) at = Math.min(at, live.due)
    if (alarm?.at === at || !open) return
    alarm?.cancel()
    alarm = undefined
    if (at === Number.POSITIVE_INFINITY) return
    const { cancel } = timer(Math.max(0, Math.min(at - now(), sleepMsMax)), () => {
      alarm = undefined
      for (const live of lives.values())
        if (live.due <= now()) {
          live.due = Number.POSITIVE_INFINITY
          void enqueue(live, passDue)
        }
      setAlarm()
    })
    alarm = { at, cancel }
  }

  const call = (live: Live, frame: Frame) => {
    const state = stateOf(live, frame)
    invariant(frame.phase.is === 'running' && state.type === 'Task', 'only a running task is called')
    const { attempt } = frame.phase
    const answered = (act: (turn: Turn, frame: Frame) => Promise<void>) =>
      enqueue(live, async turn => {
        const current = live.frames.get(frame.id)
        if (current?.phase.is === 'running' && current.phase.attempt.scheduled === attempt.scheduled) await act(turn, current)
      })
    const asked = Promise.resolve().then(() => invoke(requestOf(state, attempt, tokens, now())))
    const told = asked.then(
      result =>
        answered(async (turn, current) => {
          const text = answerText(state, result, now())
          const visit = { turn, frame: current, state, base: current.last }
          if (state.resource.kind !== 'invoke' || !state.resource.waitForTaskToken) return succeedTask(visit, text)
          if (current.phase.is === 'running') submitTask(visit, current.phase.attempt, text)
        }),
      refusal => answered((turn, current) => failTask({ turn, frame: current, state, base: current.last }, failureOf(refusal))),
    )
    /* An answer that could not be written is asked for again after the restart that this makes necessary. */
    told.catch(() => undefined)
  }

  /** What is on disk is the truth: after a mistake of ours the execution is read again, and fails with it. */
  const failBroken = async (broken: Live, error: unknown) => {
    const row = executions.byArn(broken.row.arn)
    if (row === undefined) throw error
    if (row.status !== 'RUNNING') return
    const live = load(row)
    const turn = openTurn(parts, live)
    const cause = `The interpreter failed: ${error instanceof Error ? error.message : String(error)}`
    const failure = reason('States.Runtime', cause)
    close(turn, 'ExecutionFailed', live.lastEvent, { executionFailedEventDetails: failure }, { status: 'FAILED', ...failure })
    await commitTurn(parts, turn)
    lives.delete(row.arn)
  }

  const work = async (turn: Turn, act: (turn: Turn) => Promise<void> | void): Promise<boolean> => {
    try {
      await act(turn)
      return turn.live.closed ? false : await drain(turn)
    } catch (error) {
      if (!(error instanceof HistoryFull)) throw error
      const failure = reason('States.Runtime', historyFull)
      close(turn, 'ExecutionFailed', turn.live.lastEvent, { executionFailedEventDetails: failure }, { status: 'FAILED', ...failure })
      return false
    }
  }

  const runTurn = async (live: Live, act: (turn: Turn) => Promise<void> | void): Promise<void> => {
    if (live.closed || !open) return
    const turn = openTurn(parts, live)
    let more = false
    try {
      more = await work(turn, act)
    } catch (error) {
      live.closed = true
      if (open) await failBroken(live, error)
      return
    }
    if (!open) return
    await commitTurn(parts, turn)
    live.due = live.closed ? Number.POSITIVE_INFINITY : dueAt(live)
    if (live.closed) lives.delete(live.row.arn)
    for (const id of turn.calls) {
      const frame = live.frames.get(id)
      if (frame !== undefined) call(live, frame)
    }
    live.leftover.push(...turn.agenda)
    live.leftoverScheduled.push(...turn.scheduled)
    setAlarm()
    if (more) void enqueue(live, () => undefined)
  }

  const enqueue = (live: Live, act: (turn: Turn) => Promise<void> | void): Promise<void> => {
    busy += 1
    const done = live.turns.then(() => runTurn(live, act))
    /* A commit that fails is told to whoever waits for this turn; the next one finds what is on disk. */
    live.turns = done
      .catch(() => {
        live.closed = true
        lives.delete(live.row.arn)
      })
      .then(() => {
        busy -= 1
        if (busy === 0) for (const resolve of idlers.splice(0)) resolve(true)
      })
    done.catch(() => undefined)
    return done
  }

  const load = (row: ExecutionRow): Live => {
    const live = liveOf(row, machines.definition(row.definition), executions.frames(row.key), executions.lastEvent(row.key))
    lives.set(row.arn, live)
    return live
  }

  /** Everything that was able to move or under way when the process ended, moves or is called again. */
  const revive = (live: Live) => {
    void enqueue(live, async turn => {
      await passDue(turn)
      for (const frame of live.frames.values()) {
        const { is } = frame.phase
        if (is === 'ready' || is === 'retrying') turn.agenda.push({ is: 'move', frame: frame.id })
        if (is === 'scheduled') turn.scheduled.push(frame.id)
        if (is === 'running') turn.calls.add(frame.id)
      }
    })
  }

  return {
    running: (arn: string): Live | undefined => lives.get(arn),
    /** Resolves when the execution is on disk; it runs on from there. */
    start: (given: Omit<ExecutionRow, 'key'>, definitionText: string): Promise<void> => {
      lastKey += 1
      const row = { ...given, key: lastKey }
      const live = liveOf(row, definitionText, [], 0)
      lives.set(row.arn, live)
      const started = enqueue(live, turn => {
        const root = rootFrame(live.definition, row.input)
        live.frames.set(root.id, root)
        turn.birth = row
        record(
          turn,
          root,
          'ExecutionStarted',
          { executionStartedEventDetails: { input: row.input, inputDetails: { truncated: false }, roleArn: row.roleArn } },
          0,
        )
        root.last = 0
        touch(turn, root)
        live.leftover.push({ is: 'move', frame: root.id })
      })
      live.born = started
      void started.then(
        () => void enqueue(live, () => undefined),
        () => undefined,
      )
      return started
    },
    /** Reports whether it was still running. */
    stop: async (arn: string, error: string | undefined, cause: string | undefined): Promise<boolean> => {
      const live = lives.get(arn)
      let stopped = false
      if (live !== undefined)
        await enqueue(live, turn => {
          const ending: Omit<Ending, 'at'> = { status: 'ABORTED', ...reason(error, cause) }
          close(turn, 'ExecutionAborted', 0, { executionAbortedEventDetails: reason(error, cause) }, ending)
          stopped = true
        })
      return stopped
    },
    /** Reports whether the task still waited for it. Time goes first: an answer after the deadline is too late, whoever was busy meanwhile. */
    answer: async (hash: string, answer: Answer): Promise<boolean> => {
      const token = executions.token(hash)
      const arn = token === undefined ? undefined : executions.arnOfKey(token.execution)
      const live = arn === undefined ? undefined : lives.get(arn)
      let accepted = false
      if (token === undefined || live === undefined) return false
      await enqueue(live, async turn => {
        await passDue(turn)
        const frame = live.frames.get(token.frame)
        const state = frame === undefined ? undefined : stateOf(live, frame)
        if (frame === undefined || state?.type !== 'Task' || (frame.phase.is !== 'running' && frame.phase.is !== 'submitted')) return
        const { attempt } = frame.phase
        if (attempt.scheduled !== token.scheduled) return
        accepted = true
        const visit = { turn, frame, state, base: frame.last }
        if (answer === 'heartbeat') return beatTask(turn, visit, attempt)
        if ('success' in answer) return succeedTask(visit, answer.success)
        return failTask(visit, answer.failure)
      })
      return accepted
    },
    /** Resolves when no turn is under way, with whether there was one. */
    idle: (): Promise<boolean> => (busy === 0 ? Promise.resolve(false) : new Promise(resolve => idlers.push(resolve))),
    resume: () => {
      for (const row of executions.running()) if (!lives.has(row.arn)) revive(load(row))
    },
    close: () => {
      open = false
      alarm?.cancel()
      lives.clear()
    },
  }
}
