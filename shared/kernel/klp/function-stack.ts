import { failure } from '../errno.ts'
import {
  type Draft,
  type Frame,
  type Machine,
  ORIGINAL,
  type Patch,
  type PatchedFunction,
  type PatchedObject,
  type PatchState,
} from '../machine.ts'

/** The sysfs name of a function within its object: sympos 0 is written 1 (kernel/livepatch/core.c: klp_init_func). */
export const functionKey = (name: string, sympos: string): string => `${name},${Number(sympos) === 0 ? '1' : sympos}`

/** One entry of `ops->func_stack`: a livepatch and its replacement, or nop. */
export type StackedFunction = { readonly patch: string; readonly func: PatchedFunction }

/** What the livepatch has on the function's stack. No object is in a livepatch twice. */
const replacementIn = ({ objects }: Patch, object: string | null, key: string): PatchedFunction | undefined => {
  for (const candidate of objects) if (candidate.name === object && candidate.patched) return candidate.functions.get(key)
  return undefined
}

/**
 * The replacements of one original function, oldest first.
 * `klp_ops.func_stack` is pushed in the order of `klp_patches` whether the object is patched by enabling or by its module coming,
 * and popped from anywhere, so it always equals the listed livepatches whose object is patched; it need not be kept.
 * Source: kernel/livepatch/patch.c: klp_patch_func, klp_unpatch_func.
 */
export const functionStack = (machine: Pick<Machine, 'patches'>, object: string | null, key: string): StackedFunction[] => {
  const stack: StackedFunction[] = []
  for (const patch of machine.patches) {
    const func = replacementIn(patch, object, key)
    if (func !== undefined) stack.push({ patch: patch.name, func })
  }
  return stack
}

/** Whether some listed livepatch patches the function. */
export const isHooked = ({ patches }: Pick<Machine, 'patches'>, object: string | null, key: string): boolean =>
  patches.some(patch => replacementIn(patch, object, key) !== undefined)

/** The first livepatch of a function registers it with ftrace. Source: kernel/livepatch/patch.c: klp_patch_func. */
export const registerHooks = (draft: Draft, { name, functions }: PatchedObject): void => {
  const fresh = [...functions.keys()].filter(key => !isHooked(draft, name, key)).map(key => ({ object: name, key }))
  if (fresh.length > 0) draft.hooks = [...draft.hooks, ...fresh]
}

/** The last livepatch of a function takes it off ftrace's list. Source: kernel/livepatch/patch.c: klp_unpatch_func. */
export const unregisterHooks = (draft: Draft): void => {
  if (draft.hooks.length > 0) draft.hooks = draft.hooks.filter(({ object, key }) => isHooked(draft, object, key))
}

/** Switches ftrace on or off: 0 or a negative errno. Source: kernel/trace/ftrace.c: ftrace_enable_sysctl, is_permanent_ops_registered. */
export const setFtraceEnabled = (draft: Draft, value: boolean): number => {
  if (!value && draft.hooks.length > 0 && draft.rules.hooksArePermanent) return failure('EBUSY')
  draft.ftraceEnabled = value
  return 0
}

/** Whether something else may redirect the function. Source: kernel/trace/ftrace.c: __ftrace_hash_update_ipmodify. */
export const isTaken = ({ taken }: Pick<Machine, 'taken'>, object: string | null, key: string): boolean =>
  taken.some(other => other.object === object && other.key === key)

/**
 * Something else than a livepatch asks ftrace for a function: 0 or a negative errno. Where a livepatch has it already, newer kernels
 * report success and set nothing. Source: kernel/kprobes.c: arm_kprobe_ftrace.
 */
export const takeFunction = (draft: Draft, object: string | null, name: string): number => {
  const key = functionKey(name, '0')
  if (isHooked(draft, object, key)) return draft.rules.lateProbeIsRefused ? failure('EBUSY') : 0
  draft.taken = [...draft.taken, { object, key }]
  return 0
}

/** It is given back. */
export const giveFunctionBack = (draft: Draft, object: string | null, name: string): void => {
  const key = functionKey(name, '0')
  draft.taken = draft.taken.filter(other => other.object !== object || other.key !== key)
}

type Code = { readonly by: string; readonly func: PatchedFunction | null }
const ORIGINAL_CODE: Code = { by: ORIGINAL, func: null }

/** Where a stack entry leads: a nop leads to the original. */
const codeOf = (patch: string, func: PatchedFunction): Code => (func.nop ? ORIGINAL_CODE : { by: patch, func })

/**
 * Which code a task in that state reaches when it calls the function: the top of the stack, or, while the top is in transition and
 * the task is not patched, the entry one below it, whatever that is.
 * Source: kernel/livepatch/patch.c: klp_ftrace_handler.
 */
export const reach = ({ patches, transition }: Machine, object: string | null, key: string, state: PatchState): Code => {
  for (let index = patches.length - 1; index >= 0; index -= 1) {
    const patch = patches[index]
    const func = patch && replacementIn(patch, object, key)
    if (func === undefined) continue
    if (state !== 0 || patch?.name !== transition?.patch) return codeOf(patch?.name ?? '', func)
  }
  return ORIGINAL_CODE
}

/**
 * The code that must not be on a task's stack when it switches, for one function of the livepatch in transition: on the way out
 * its replacement, on the way in what it replaces. Source: kernel/livepatch/transition.c: klp_check_stack_func.
 */
export const forbiddenFrame = (machine: Machine, patch: string, object: string | null, func: PatchedFunction): Frame => {
  if (machine.transition?.direction === 'unpatching') return { object, key: func.key, by: func.nop ? ORIGINAL : patch }
  const stack = functionStack(machine, object, func.key)
  const below = stack[stack.findIndex(entry => entry.patch === patch) - 1]
  return { object, key: func.key, by: below === undefined ? ORIGINAL : codeOf(below.patch, below.func).by }
}

/**
 * Whether the kernel mistakes every sleeping task for one that must not switch.
 * When the disable of a livepatch is reversed while a newer one patches the same function, the check looks for what lies below the
 * bottom of the function's stack and reads past the list's end. The range that it then compares with begins at whatever lies in
 * memory before the function's `ftrace_ops` (mostly nothing, so at 0) and is as long as the address of the next one in ftrace's
 * list. For the oldest registration that address is the list's end, beyond all kernel code: every stack is in the range, and only
 * another reversal or force ends the transition. For others it is below all code: nothing is in the range.
 * Recorded so on 6.1, 6.12 and 7.2, once otherwise on 6.12. Source: kernel/livepatch/transition.c: klp_check_stack_func.
 */
export const readsPastEnd = (machine: Machine, { name, objects }: Patch): boolean => {
  const oldest = machine.hooks[0]
  if (oldest === undefined || machine.transition?.direction !== 'patching') return false
  if (!objects.some(object => object.patched && object.name === oldest.object && object.functions.has(oldest.key))) return false
  const stack = functionStack(machine, oldest.object, oldest.key)
  return stack.length > 1 && stack[0]?.patch === name
}
