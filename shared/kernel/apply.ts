import { type Applied, type LivepatchOperation, performLivepatching, seenIn } from './apply-livepatching.ts'
import { answerOf, failure } from './errno.ts'
import { type NewTask, signalTask, spawnTask } from './klp/calls.ts'
import { setFtraceEnabled } from './klp/function-stack.ts'
import { callShadow, type ShadowCall } from './klp/shadow.ts'
import { writePath } from './klp/sysfs-files.ts'
import { advance } from './klp/transition.ts'
import { type Draft, draftOf, type Machine, seal } from './machine.ts'
import { releaseModule } from './modules.ts'

export type Operation =
  | LivepatchOperation
  /** A write to any other path below /sys/kernel/livepatch, for example `p1/transition`. */
  | { readonly op: 'write'; readonly path: string; readonly value: string }
  /** A write to sysctl kernel.ftrace_enabled. */
  | { readonly op: 'ftrace_enabled'; readonly value: boolean }
  /** Code of a livepatch uses a shadow variable. */
  | ({ readonly op: 'shadow' } & ShadowCall)
  /** Time passes; retries of a transition happen whenever they are due. */
  | { readonly op: 'wait'; readonly milliseconds: number }
  /** A user task starts and calls a function; it sleeps in it if the code it reaches does. */
  | { readonly op: 'spawn'; readonly task: NewTask }
  /** A signal that the task handles, or one that kills it. */
  | { readonly op: 'signal'; readonly task: string; readonly deadly?: boolean }
  /** A task that has come back is taken off the machine. */
  | { readonly op: 'reap'; readonly task: string }
  /** Everything that sleeps in the functions of a module goes on. */
  | { readonly op: 'release'; readonly name: string; readonly released?: boolean }

export type Outcome = Applied & {
  /** Of a shadow operation: the data that the pointer leads to; null for a null pointer. */
  readonly shadow?: string | null
}

const reap = (draft: Draft, id: string): number => {
  const task = draft.tasks.find(other => other.id === id)
  if (task === undefined) return failure('ESRCH')
  if (task.end === null) return failure('ETIMEDOUT')
  draft.tasks = draft.tasks.filter(other => other !== task)
  return 0
}

const signal = (draft: Draft, id: string, deadly: boolean): number => {
  const task = draft.tasks.find(other => other.id === id)
  if (task === undefined) return failure('ESRCH')
  signalTask(draft, task, deadly)
  return 0
}

type Other = Exclude<Operation, { op: 'shadow' }>

const perform = (draft: Draft, operation: Other): number => {
  switch (operation.op) {
    case 'load':
    case 'unload':
    case 'enabled':
    case 'force':
      return performLivepatching(draft, operation)
    case 'ftrace_enabled':
      return setFtraceEnabled(draft, operation.value)
    case 'write':
      return writePath(draft, operation.path, operation.value)
    case 'release':
      return releaseModule(draft, operation.name, operation.released ?? true)
    case 'reap':
      return reap(draft, operation.task)
    case 'signal':
      return signal(draft, operation.task, operation.deadly ?? false)
    case 'spawn':
      spawnTask(draft, operation.task)
      return 0
    case 'wait':
      advance(draft, operation.milliseconds)
      return 0
  }
}

/** `apply` without the log and the callbacks, for those who read the events themselves. */
export const operate = (machine: Machine, operation: Operation): Omit<Outcome, 'log' | 'callbacks'> => {
  const draft = draftOf(machine)
  if (operation.op === 'shadow') {
    const shadow = callShadow(draft, operation)
    return { machine: seal(draft), result: 'OK', shadow, events: draft.events }
  }
  const result = answerOf(perform(draft, operation))
  return { machine: seal(draft), result, events: draft.events }
}

/**
 * One operation on one machine. Pure: the machine handed in stays as it is. An operation that the kernel refuses leaves the
 * machine as it was but for what the refusal itself leaves behind (the taint of a livepatch that was refused).
 */
export const apply = (machine: Machine, operation: Operation): Outcome => {
  const outcome = operate(machine, operation)
  return { ...outcome, ...seenIn(outcome.events) }
}
