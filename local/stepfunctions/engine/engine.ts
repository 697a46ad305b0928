/**
 * Runs executions. Each has a queue of turns, so that one thing happens to it at a time; nothing is called, answered or shown before it is on
 * disk. This file says what can happen to an execution from outside: it starts, is stopped, a function or a token answers, time passes.
 */
import { reason } from '../history/event.ts'
import { invariant } from '../invariant.ts'
import { beatTask, failTask, submitTask, succeedTask } from '../states/task.ts'
import type { Ending, ExecutionRow } from '../storage/executions.ts'
import { createAlarm } from './alarm.ts'
import { answerText, failureOf, requestOf } from './call.ts'
import { passDue } from './due.ts'
import type { Failure } from './failure.ts'
import type { Attempt, Frame } from './frame.ts'
import { type Live, liveOf, rootFrame, stateOf } from './live.ts'
import type { EngineParts } from './parts.ts'
import { type Probe, type ProbeRequest, probe } from './probe.ts'
import { close, record, type Turn, touch } from './turn.ts'
import { createTurns } from './turns.ts'
import type { TaskVisit } from './visit.ts'

export type TokenAnswer = { readonly success: string } | { readonly failure: Failure } | 'heartbeat'

export type Engine = {
  readonly running: (arn: string) => Live | undefined
  /** Resolves when the execution is on disk; it runs on from there. */
  readonly start: (given: Omit<ExecutionRow, 'key'>, definitionText: string) => Promise<void>
  readonly stop: (arn: string, error: string | undefined, cause: string | undefined) => Promise<void>
  /** Reports whether the task still waited for it. */
  readonly answer: (hash: string, answer: TokenAnswer) => Promise<boolean>
  /** One state, once, with nothing stored. */
  readonly probe: (request: ProbeRequest) => Promise<Probe>
  readonly resume: () => void
  readonly idle: () => Promise<boolean>
  readonly close: () => void
}

/** The running task of a frame, if it is still this attempt. */
const visitOf = (turn: Turn, frameId: number, scheduled: number): { visit: TaskVisit; attempt: Attempt } | undefined => {
  const frame = turn.live.frames.get(frameId)
  if (frame === undefined || (frame.phase.is !== 'running' && frame.phase.is !== 'submitted')) return undefined
  const state = stateOf(turn.live, frame)
  const { attempt } = frame.phase
  if (state.type !== 'Task' || attempt.scheduled !== scheduled) return undefined
  return { visit: { turn, frame, state, base: frame.last }, attempt }
}

/** Everything that was able to move, or was under way when the process ended, moves or is called again. */
const revive = async (turn: Turn) => {
  await passDue(turn)
  for (const frame of turn.live.frames.values()) {
    const { is } = frame.phase
    if (is === 'ready' || is === 'retrying') turn.agenda.push({ is: 'move', frame: frame.id })
    if (is === 'scheduled') turn.scheduled.push(frame.id)
    if (is === 'running') turn.calls.add(frame.id)
  }
}

const begin = (turn: Turn) => {
  const { live } = turn
  const { input, roleArn } = live.row
  const root = rootFrame(live.definition, input)
  live.frames.set(root.id, root)
  turn.birth = live.row
  record(turn, root, 'ExecutionStarted', { executionStartedEventDetails: { input, inputDetails: { truncated: false }, roleArn } }, 0)
  /* The first state follows nothing, as the service has it. */
  root.last = 0
  touch(turn, root)
  live.leftover.push({ is: 'move', frame: root.id })
}

/** What a function's answer does to the task that called it. */
const answered = ({ visit, attempt }: { visit: TaskVisit; attempt: Attempt }, text: string): Promise<void> | void => {
  const { resource } = visit.state
  if (resource.kind !== 'invoke' || !resource.waitForTaskToken) return succeedTask(visit, text)
  if (visit.frame.phase.is === 'running') submitTask(visit, attempt, text)
}

export const createEngine = (parts: EngineParts): Engine => {
  const { executions, machines, tokens, now, invoke } = parts
  const lives = new Map<string, Live>()
  let lastKey = executions.lastKey()

  const load = (row: ExecutionRow): Live => {
    const live = liveOf(row, machines.definition(row.definition), executions.frames(row.key), executions.lastEvent(row.key))
    lives.set(row.arn, live)
    return live
  }

  const call = (live: Live, frame: Frame) => {
    const state = stateOf(live, frame)
    invariant(frame.phase.is === 'running' && state.type === 'Task', 'only a running task is called')
    const { attempt } = frame.phase
    const told = (act: (task: { visit: TaskVisit; attempt: Attempt }) => Promise<void> | void) =>
      turns.take(live, turn => {
        const task = visitOf(turn, frame.id, attempt.scheduled)
        return task?.visit.frame.phase.is === 'running' ? act(task) : undefined
      })
    const asked = Promise.resolve().then(() => invoke(requestOf(state, attempt, tokens, now())))
    asked
      .then(
        result => told(task => answered(task, answerText(state, result, now()))),
        refusal => told(({ visit }) => failTask(visit, failureOf(refusal))),
      )
      /* An answer that could not be written is asked for again after the restart that this makes necessary. */
      .catch(() => undefined)
  }

  const turns = createTurns(parts, {
    committed: ({ live, calls }) => {
      for (const id of calls) {
        const frame = live.frames.get(id)
        if (frame !== undefined) call(live, frame)
      }
      alarm.set()
    },
    forget: live => {
      if (lives.get(live.row.arn) === live) lives.delete(live.row.arn)
    },
    reload: live => {
      const row = executions.byArn(live.row.arn)
      return row?.status === 'RUNNING' ? load(row) : undefined
    },
  })
  const alarm = createAlarm(
    now,
    parts.timer,
    () => lives.values(),
    live => void turns.take(live, passDue),
  )

  /** One that runs on disk only is taken up: so it is after a restart, and after a commit that failed. */
  const find = (arn: string): Live | undefined => {
    const known = lives.get(arn)
    if (known !== undefined) return known
    const row = executions.byArn(arn)
    if (row?.status !== 'RUNNING') return undefined
    const live = load(row)
    void turns.take(live, revive)
    return live
  }

  return {
    running: find,
    start: (given, definitionText) => {
      lastKey += 1
      const live = liveOf({ ...given, key: lastKey }, definitionText, [], 0)
      lives.set(live.row.arn, live)
      live.born = turns.take(live, begin)
      live.born.then(
        () => void turns.take(live, () => undefined),
        () => undefined,
      )
      return live.born
    },
    stop: async (arn, error, cause) => {
      const live = find(arn)
      const ending: Omit<Ending, 'at'> = { status: 'ABORTED', ...reason(error, cause) }
      if (live !== undefined)
        await turns.take(live, turn => close(turn, 'ExecutionAborted', 0, { executionAbortedEventDetails: reason(error, cause) }, ending))
    },
    answer: async (hash, answer) => {
      const token = executions.token(hash)
      const arn = token === undefined ? undefined : executions.arnOfKey(token.execution)
      const live = arn === undefined ? undefined : find(arn)
      if (token === undefined || live === undefined) return false
      let accepted = false
      await turns.take(live, async turn => {
        /* Time goes first: an answer after the deadline is too late, whoever was busy meanwhile. */
        await passDue(turn)
        const task = visitOf(turn, token.frame, token.scheduled)
        if (task === undefined) return
        accepted = true
        if (answer === 'heartbeat') return beatTask(task.visit, task.attempt)
        return 'success' in answer ? succeedTask(task.visit, answer.success) : failTask(task.visit, answer.failure)
      })
      return accepted
    },
    probe: request => probe(parts, request),
    resume: () => {
      for (const { arn } of executions.running()) find(arn)
    },
    idle: turns.idle,
    close: () => {
      turns.close()
      alarm.cancel()
      lives.clear()
    },
  }
}
