import { type Draft, type Frame, findPatch, type Machine, type Patch, type PatchState, type Task, targetOf } from '../machine.ts'
import { forbiddenFrame, readsPastEnd } from './function-stack.ts'

/** Tasks that have come back are left alone. */
export const mapTasks = (draft: Draft, change: (task: Task) => Task): void => {
  if (draft.tasks.length > 0) draft.tasks = draft.tasks.map(task => (task.end === null ? change(task) : task))
}

/** Every task gets the state that the transition leads away from. Source: kernel/livepatch/transition.c: klp_init_transition. */
export const tasksStart = (draft: Draft, state: 0 | 1): void => {
  draft.kthreadd = state
  mapTasks(draft, task => ({ ...task, patchState: state, pending: false }))
}

/** Tasks that are not yet on the new side are marked as pending. Source: kernel/livepatch/transition.c: klp_start_transition. */
export const tasksTurn = (draft: Draft, target: PatchState): void =>
  mapTasks(draft, task => ({ ...task, pending: task.patchState !== target }))

/** Source: kernel/livepatch/transition.c: klp_force_transition. */
export const switchAll = (draft: Draft, target: PatchState): void => {
  draft.kthreadd = target
  mapTasks(draft, task => (task.pending ? { ...task, patchState: target, pending: false } : task))
}

/** Source: kernel/livepatch/transition.c: klp_complete_transition. */
export const leaveTransition = (draft: Draft): void => {
  draft.kthreadd = -1
  mapTasks(draft, task => ({ ...task, patchState: -1, pending: false }))
}

const isForbidden = (machine: Machine, patch: Patch, frame: Frame): boolean =>
  patch.objects.some(object => {
    if (!object.patched || object.name !== frame.object) return false
    const func = object.functions.get(frame.key)
    return func !== undefined && forbiddenFrame(machine, patch.name, object.name, func).by === frame.by
  })

/**
 * The functions on the task's stack that keep it from switching; a stack that cannot be told does as well.
 * Source: kernel/livepatch/transition.c: klp_check_stack.
 */
export const blockingFrames = (machine: Machine, task: Task): Task['stack'] => {
  const patch = machine.transition === null ? undefined : findPatch(machine, machine.transition.patch)
  if (patch === undefined) return []
  return typeof task.stack === 'string' ? task.stack : task.stack.filter(frame => isForbidden(machine, patch, frame))
}

/**
 * Switches the tasks that sleep outside of the functions in question; true if none is left. Tasks that run, and those in user
 * space, switch on their own before anybody can see it, so they are not modelled.
 * Source: kernel/livepatch/transition.c: klp_try_switch_task.
 */
export const switchTasks = (draft: Draft): boolean => {
  const target = targetOf(draft)
  const patch = draft.transition === null ? undefined : findPatch(draft, draft.transition.patch)
  if (patch !== undefined && readsPastEnd(draft, patch)) return draft.kthreadd === target && draft.tasks.every(task => !task.pending)
  draft.kthreadd = target
  let all = true
  mapTasks(draft, task => {
    if (task.patchState === target) return task
    if (blockingFrames(draft, task).length === 0) return { ...task, patchState: target, pending: false }
    all = false
    return task
  })
  return all
}
