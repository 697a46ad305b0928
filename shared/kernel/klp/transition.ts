import {
  type Draft,
  findPatch,
  type Machine,
  type Patch,
  replaceObject,
  replacePatch,
  setModule,
  type Transition,
  targetOf,
} from '../machine.ts'
import { postPatch, postUnpatch } from './callbacks.ts'
import { interruptSleepers } from './calls.ts'
import { unregisterHooks } from './function-stack.ts'
import { say } from './log.ts'
import { discardNops, unpatchReplaced } from './replace.ts'
import { leaveTransition, switchAll, switchTasks, tasksStart, tasksTurn } from './tasks.ts'

/**
 * A transition moves every task from one side of a livepatch to the other. There is at most one on a machine.
 *
 * - enable and disable begin it and try at once to end it; reverse and force never end it themselves;
 * - a retry runs about once a second; the sixteenth failing one, and each fifteenth after it, wakes sleepers that can be woken;
 * - it ends in the retry that finds every task on its side, and only then do the callbacks of the end run.
 */
export const TRANSITION_STATES = {
  idle: { enable: 'patching', disable: 'unpatching' },
  patching: { retry: 'patching', force: 'patching', reverse: 'unpatching', cancel: 'unpatching', complete: 'idle' },
  unpatching: { retry: 'unpatching', force: 'unpatching', reverse: 'patching', complete: 'idle' },
} as const

type Direction = Transition['direction']
type State = keyof typeof TRANSITION_STATES

/** Every change of the machine's transition goes through here, with a state out of the table. */
const enter = (draft: Draft, patch: string, state: State, tries = 0): void => {
  draft.transition = state === 'idle' ? null : { patch, direction: state, tries }
}

const HZ_MS = 1000
/** Retries between two rounds of signals. Source: kernel/livepatch/transition.c: SIGNALS_TIMEOUT. */
export const SIGNALS_TIMEOUT = 15

/**
 * About a second from now, on a whole second: down if less than a quarter of one is cut, else up.
 * Source: kernel/time/timer.c: round_jiffies_relative.
 */
const retryTime = (nowMs: number): number => {
  const due = nowMs + HZ_MS
  const over = due % HZ_MS
  return over < HZ_MS / 4 ? due - over : due - over + HZ_MS
}

/** Source: kernel/livepatch/transition.c: klp_init_transition. */
export const initTransition = (draft: Draft, patch: string, event: keyof (typeof TRANSITION_STATES)['idle']): void => {
  const direction = TRANSITION_STATES.idle[event]
  enter(draft, patch, direction)
  say(draft, 'initializing', patch, direction)
  tasksStart(draft, direction === 'patching' ? 0 : 1)
}

/** Source: kernel/livepatch/transition.c: klp_start_transition. */
export const startTransition = (draft: Draft): void => {
  if (draft.transition === null) return
  const { patch, direction } = draft.transition
  say(draft, 'starting', patch, direction)
  tasksTurn(draft, targetOf(draft))
}

/** The reference of a livepatch's module is given back, unless a forced transition left tasks in its code. */
const freePatch = (draft: Draft, patch: Patch): void => {
  draft.patches = draft.patches.filter(other => other.name !== patch.name)
  const module = draft.modules.get(patch.name)
  if (module !== undefined && !patch.forced) setModule(draft, patch.name, { ...module, references: module.references - 1 })
}

const unpatchObjects = (draft: Draft, patch: Patch): Patch => {
  const changed = { ...patch, objects: patch.objects.map(object => ({ ...object, patched: false })) }
  replacePatch(draft, changed)
  return changed
}

const callbacksOfTheEnd = (draft: Draft, patch: Patch, direction: Direction): void => {
  let current = patch
  for (const [index, object] of patch.objects.entries()) {
    if (!object.loaded) continue
    if (direction === 'patching') postPatch(draft, current, object)
    else {
      postUnpatch(draft, current, object)
      current = replaceObject(draft, current, index, { postUnpatchEnabled: false })
    }
  }
}

/** Source: kernel/livepatch/transition.c: klp_complete_transition. */
const completeTransition = (draft: Draft, { patch: name, direction }: Transition): void => {
  let patch = findPatch(draft, name)
  if (patch === undefined) return
  say(draft, 'completing', name, direction)
  if (direction === 'unpatching') patch = unpatchObjects(draft, patch)
  else if (patch.image.replace) {
    unpatchReplaced(draft, patch)
    patch = discardNops(draft, patch)
  }
  if (direction === 'unpatching' || patch.image.replace) unregisterHooks(draft)
  leaveTransition(draft)
  callbacksOfTheEnd(draft, patch, direction)
  say(draft, 'complete', name, direction)
  enter(draft, name, TRANSITION_STATES[direction].complete)
}

const freeAfter = (draft: Draft, name: string): void => {
  const patch = findPatch(draft, name)
  if (patch === undefined) return
  if (!patch.enabled) freePatch(draft, patch)
  else if (patch.image.replace) {
    const older = draft.patches.slice(0, draft.patches.indexOf(patch))
    for (const replaced of older) freePatch(draft, replaced)
  }
}

/**
 * Switches every task that can be switched, and ends the transition if that is all of them; otherwise another try follows.
 * Source: kernel/livepatch/transition.c: klp_try_complete_transition.
 */
export const tryComplete = (draft: Draft): void => {
  const { transition } = draft
  if (transition === null) return
  if (switchTasks(draft)) {
    completeTransition(draft, transition)
    freeAfter(draft, transition.patch)
    return
  }
  const { tries } = transition
  if (tries > 0 && tries % SIGNALS_TIMEOUT === 0) {
    if (tries === SIGNALS_TIMEOUT) say(draft, 'signaling')
    interruptSleepers(draft)
  }
  enter(draft, transition.patch, TRANSITION_STATES[transition.direction].retry, tries + 1)
  draft.retryAtMs = retryTime(draft.clockMs)
}

/** Enabling failed before any task could switch. Source: kernel/livepatch/transition.c: klp_cancel_transition. */
export const cancelTransition = (draft: Draft): void => {
  if (draft.transition === null) return
  const { patch } = draft.transition
  say(draft, 'canceling', patch)
  enter(draft, patch, TRANSITION_STATES.patching.cancel)
  if (draft.transition !== null) completeTransition(draft, draft.transition)
}

/** Source: kernel/livepatch/transition.c: klp_reverse_transition. */
export const reverseTransition = (draft: Draft, patch: Patch): void => {
  if (draft.transition === null) return
  const { direction } = draft.transition
  const turned = TRANSITION_STATES[direction].reverse
  say(draft, 'reversing', patch.name, direction, turned)
  replacePatch(draft, { ...patch, enabled: !patch.enabled })
  enter(draft, patch.name, turned)
  startTransition(draft)
}

/** The livepatches whose modules a forced transition pins for ever, because tasks may still run their code. */
export const pinnedBy = (machine: Machine, { patch, direction }: Transition): ((other: Patch) => boolean) => {
  if (machine.rules.forcePins === 'every-listed') return () => true
  if (direction === 'unpatching') return other => other.name === patch
  return findPatch(machine, patch)?.image.replace === true ? other => other.name !== patch : () => false
}

/** Source: kernel/livepatch/transition.c: klp_force_transition. */
export const forceTransition = (draft: Draft): void => {
  const { transition } = draft
  if (transition === null) return
  say(draft, 'forcing')
  draft.forced = true
  switchAll(draft, targetOf(draft))
  const isPinned = pinnedBy(draft, transition)
  draft.patches = draft.patches.map(patch => (isPinned(patch) ? { ...patch, forced: true } : patch))
  enter(draft, transition.patch, TRANSITION_STATES[transition.direction].force, transition.tries)
}

/** Lets time pass; the retry work runs whenever it is due. Source: kernel/livepatch/transition.c: klp_transition_work_fn. */
export const advance = (draft: Draft, milliseconds: number): void => {
  const end = draft.clockMs + milliseconds
  while (draft.retryAtMs !== null && draft.retryAtMs <= end) {
    draft.clockMs = draft.retryAtMs
    draft.retryAtMs = null
    tryComplete(draft)
  }
  draft.clockMs = end
}
