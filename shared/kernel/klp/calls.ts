import { answerOf } from '../errno.ts'
import { type Draft, type Frame, type Machine, ORIGINAL, type Task, targetOf } from '../machine.ts'
import { functionKey, reach } from './function-stack.ts'
import { factsOf } from './symbols.ts'
import { mapTasks } from './tasks.ts'

const innermost = ({ stack }: Task): Frame | undefined => (typeof stack === 'string' ? undefined : stack.at(-1))

type Called = { readonly object: string | null; readonly function: string; readonly key: string }

/** Makes the task call a function: it sleeps in it, or comes back at once. */
const enter = (draft: Draft, task: Task, called: Called): Task => {
  const { by, func } = reach(draft, called.object, called.key, task.patchState)
  const original = by === ORIGINAL ? factsOf(draft, called.object, called.function) : undefined
  const holder = by === ORIGINAL ? called.object : by
  const released = holder !== null && draft.modules.get(holder)?.released === true
  const sleep = (by === ORIGINAL ? original?.sleeps : func?.sleeps) ?? null
  const stack = [...task.base, { object: called.object, key: called.key, by }]
  return sleep !== null && !released ? { ...task, call: called, sleep, stack } : leave({ ...task, call: called, stack }, func?.returns)
}

/** The call comes back: a user task goes to user space, a kernel thread goes on to sleep elsewhere. */
const leave = (task: Task, returned?: number): Task => {
  const idle: Task = { ...task, call: null, sleep: null, stack: task.base }
  const frame = innermost(task)
  if (task.kthread || task.call === null || frame === undefined) return idle
  if (task.doomed) return { ...idle, pending: false, end: { killed: true } }
  const failed = returned !== undefined && returned < 0
  const end = failed ? { error: answerOf(returned) } : { by: frame.by, ...task.call }
  return { ...idle, pending: false, end }
}

export type NewTask = {
  readonly id: string
  readonly object: string | null
  readonly function: string
  /** Which of several functions of that name; default 1. */
  readonly position?: string
  /** The task that forks it; by default one that runs in user space, and so has switched. */
  readonly parent?: string
}

/** A forked task starts in its parent's state. Source: kernel/livepatch/transition.c: klp_copy_process. */
const stateAtFork = (draft: Draft, parent: string | undefined): Pick<Task, 'patchState' | 'pending'> => {
  const found = draft.tasks.find(task => task.id === parent)
  if (found !== undefined) return { patchState: found.patchState, pending: found.pending }
  return { patchState: targetOf(draft), pending: false }
}

const newTask = (id: string, module: string | null, state: Pick<Task, 'patchState' | 'pending'>): Task => ({
  id,
  kthread: module !== null,
  module,
  ...state,
  base: [],
  stack: [],
  sleep: null,
  call: null,
  doomed: false,
  end: null,
})

/** A user task starts and calls a function. */
export const spawnTask = (draft: Draft, { id, object, function: name, position = '1', parent }: NewTask): void => {
  const task = newTask(id, null, stateAtFork(draft, parent))
  const isThere = object === null || draft.modules.has(object)
  const called = { object, function: name, key: functionKey(name, position) }
  draft.tasks = [...draft.tasks, isThere ? enter(draft, task, called) : { ...task, end: { error: 'ENOENT' } }]
}

/** A module starts a kernel thread, which calls the last of these functions from within the others. It takes kthreadd's state. */
export const spawnKthread = (draft: Draft, module: string, functions: readonly string[]): void => {
  const [name, ...outer] = functions.toReversed()
  if (name === undefined) return
  const task = newTask(`kthread/${module}`, module, { patchState: draft.kthreadd, pending: draft.kthreadd !== targetOf(draft) })
  const base = outer.toReversed().map(within => ({ object: module, key: functionKey(within, '1'), by: ORIGINAL }))
  draft.tasks = [...draft.tasks, enter(draft, { ...task, base }, { object: module, function: name, key: functionKey(name, '1') })]
}

const sleepsIn = (task: Task, module: string): boolean => {
  const frame = innermost(task)
  return frame !== undefined && (frame.by === ORIGINAL ? frame.object : frame.by) === module
}

/** The module lets everything that sleeps in its functions go on. */
export const wakeSleepers = (draft: Draft, module: string): void => mapTasks(draft, task => (sleepsIn(task, module) ? leave(task) : task))

/**
 * Interruptible sleepers that have not switched leave for user space, switch there, and make their call again.
 * A kernel thread finds its condition unchanged and sleeps on. Source: kernel/livepatch/transition.c: klp_send_signals.
 */
export const interruptSleepers = (draft: Draft): void => {
  const target = targetOf(draft)
  mapTasks(draft, task => {
    if (!task.pending || task.kthread || task.sleep !== 'interruptible' || task.call === null) return task
    return enter(draft, { ...task, patchState: target, pending: false, stack: [], sleep: null }, task.call)
  })
}

const replaceTask = (draft: Draft, task: Task): void => {
  draft.tasks = draft.tasks.map(other => (other.id === task.id ? task : other))
}

/**
 * A signal ends an interruptible sleep: the call fails with EINTR, or the task is killed. Other sleepers take it when they come
 * back, where a handled one changes nothing.
 */
export const signalTask = (draft: Draft, task: Task, deadly: boolean): void => {
  if (task.end !== null || task.kthread) return
  const end = deadly ? ({ killed: true } as const) : ({ error: 'EINTR' } as const)
  if (task.sleep === 'interruptible') replaceTask(draft, { ...task, call: null, sleep: null, stack: [], pending: false, end })
  else if (deadly) replaceTask(draft, { ...task, doomed: true })
}

/** Tasks that keep a module's exit from returning: they use its files or are its thread, and sleep in some livepatch's code. */
export const keepsFromExit = (machine: Machine, module: string): Task | undefined =>
  machine.tasks.find(task => task.sleep !== null && !sleepsIn(task, module) && (task.module === module || task.call?.object === module))

/**
 * A livepatch's module goes although tasks sleep in its code, which only a forced transition makes possible. They never wake, and
 * their stacks cannot be told any more.
 */
export const loseCode = (draft: Draft, module: string): readonly string[] => {
  const lost = draft.tasks
    .filter(task => typeof task.stack !== 'string' && task.stack.some(frame => frame.by === module))
    .map(({ id }) => id)
  mapTasks(draft, task => (lost.includes(task.id) ? { ...task, stack: 'unreliable' } : task))
  return lost
}

/** Files of a module are removed one by one, by length of the name and then by name (fs/proc/generic.c: proc_match). */
const isRemovedBefore = (a: string, b: string): boolean => a.length < b.length || (a.length === b.length && a < b)

/**
 * The module's files and threads end with it: everything that slept in its functions comes back. The removal waits for the first
 * file in use, whose readers then find it gone, while the others get to finish. If the exit waits for a thread of the module
 * before, all readers finish. Source: fs/proc/generic.c: remove_proc_subtree; fs/proc/inode.c: proc_entry_rundown.
 */
export const endTasksOf = (draft: Draft, module: string): void => {
  const waits = draft.tasks.some(task => task.module === module)
  const files = draft.tasks.flatMap(({ call, module: owner }) => (call?.object === module && owner === null ? [call.function] : []))
  const first = files.reduce<string | null>((found, file) => (found === null || isRemovedBefore(file, found) ? file : found), null)
  mapTasks(draft, task => {
    if (task.call?.object !== module || task.module !== null) return task
    const ended = leave(task)
    return waits || task.call.function !== first || task.doomed ? ended : { ...ended, end: { error: 'EIO' } }
  })
  draft.tasks = draft.tasks.filter(task => task.module !== module)
}
