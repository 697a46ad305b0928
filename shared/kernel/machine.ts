import type { CallbackKind } from '../livepatch/index.ts'
import type { KernelEvent } from './event.ts'
import type { CallbackImages, LivepatchImage, ModuleImage, Sleep, Symbols } from './image.ts'
import type { ShadowVariable } from './klp/shadow.ts'
import { type RuleSet, ruleSetFor } from './rule-set.ts'

/** `enum module_state`; a module that is unformed or gone is not in the list. */
export type ModuleState = 'coming' | 'live' | 'going'

export type Module = {
  readonly image: ModuleImage
  readonly state: ModuleState
  /** As /proc/modules shows it. */
  readonly references: number
  /** `mod->klp_alive`: set by klp_module_coming, cleared by klp_module_going. */
  readonly alive: boolean
  /** Its sleeping functions have been told to go on, and do not sleep any more. */
  readonly released: boolean
}

/** `struct klp_func` of a livepatch that is listed. */
export type PatchedFunction = {
  readonly name: string
  readonly sympos: string
  /** Its directory in sysfs; names the original function within its object. */
  readonly key: string
  /** Stands for the original function in a cumulative livepatch that does not patch it (klp_alloc_func_nop). */
  readonly nop: boolean
  readonly sleeps?: Sleep
  readonly returns?: number
}

/** `struct klp_object` of a livepatch that is listed. */
export type PatchedObject = {
  readonly name: string | null
  /** Static functions in the author's order, then nops. */
  readonly functions: ReadonlyMap<string, PatchedFunction>
  readonly callbacks: CallbackImages
  /** Exists only for nops (klp_alloc_object_dynamic). */
  readonly dynamic: boolean
  /** klp_is_object_loaded: vmlinux, or `obj->mod` is set. */
  readonly loaded: boolean
  /** sysfs `patched`: its functions are on the function stacks. */
  readonly patched: boolean
  /** `callbacks.post_unpatch_enabled`. */
  readonly postUnpatchEnabled: boolean
}

/** `struct klp_patch` in `klp_patches`. */
export type Patch = {
  readonly name: string
  readonly image: LivepatchImage
  readonly enabled: boolean
  readonly forced: boolean
  readonly objects: readonly PatchedObject[]
}

/** `task->patch_state`: -1 outside a transition. */
export type PatchState = -1 | 0 | 1

/** One function on a task's kernel stack: the original, or the replacement that a livepatch holds. */
export type Frame = { readonly object: string | null; readonly key: string; readonly by: string }
/** `by` of an original function, and the answer of `implementationOf` for one. */
export const ORIGINAL = 'orig'

/** How a call came back: which code answered, with which error, or not at all because a signal killed the task. */
export type TaskEnd =
  | { readonly by: string; readonly object: string | null; readonly function: string; readonly key: string }
  | { readonly error: string }
  | { readonly killed: true }

export type Task = {
  readonly id: string
  readonly kthread: boolean
  /** The module whose thread it is; null for user tasks. */
  readonly module: string | null
  readonly patchState: PatchState
  /** TIF_PATCH_PENDING. */
  readonly pending: boolean
  /** What is on its stack below the call it makes: the functions that a kernel thread lives in. */
  readonly base: readonly Frame[]
  /**
   * Innermost function last. 'unknown': a host reported an open transition, but not whom it waits for. 'unreliable': it sleeps in
   * code that was freed, so that it cannot be told any more what is on it.
   */
  readonly stack: readonly Frame[] | 'unknown' | 'unreliable'
  /** How it sleeps in the innermost function; null: it is not in a patchable function. */
  readonly sleep: Sleep | null
  /** The call it makes, to be made again when the sleep is interrupted by livepatching. */
  readonly call: { readonly object: string | null; readonly function: string; readonly key: string } | null
  /** A deadly signal waits for it to come back. */
  readonly doomed: boolean
  /** Set once its call has come back; a user task has left the kernel then. */
  readonly end: TaskEnd | null
}

export type Transition = {
  readonly patch: string
  readonly direction: 'patching' | 'unpatching'
  /** `klp_signals_cnt`: failing tries since the start or the last reversal. */
  readonly tries: number
}

/** One machine's livepatch subsystem, as an immutable value. */
export type Machine = {
  readonly release: string
  readonly rules: RuleSet
  /** Functions of vmlinux; undefined: not known, see `boot`. */
  readonly symbols: Symbols | undefined
  /** Milliseconds since boot; whole seconds are whole seconds of jiffies. */
  readonly clockMs: number
  /** When klp_transition_work runs next; null: not scheduled. */
  readonly retryAtMs: number | null
  readonly modules: ReadonlyMap<string, Module>
  /** `klp_patches`: oldest first. */
  readonly patches: readonly Patch[]
  /** Functions that ftrace redirects (`ftrace_ops_list`), oldest registration first. */
  readonly hooks: readonly Pick<Frame, 'object' | 'key'>[]
  /** Functions that something else than a livepatch may redirect, so that ftrace gives them to no livepatch. */
  readonly taken: readonly Pick<Frame, 'object' | 'key'>[]
  /** sysctl kernel.ftrace_enabled. */
  readonly ftraceEnabled: boolean
  readonly transition: Transition | null
  readonly tasks: readonly Task[]
  /** State of kthreadd, which every new kernel thread inherits. */
  readonly kthreadd: PatchState
  /** A transition was forced since boot. */
  readonly forced: boolean
  /** TAINT_LIVEPATCH. */
  readonly tainted: boolean
  readonly shadows: readonly ShadowVariable[]
  /** Set once something happened after which the kernel's behaviour is not defined: the reason. */
  readonly undefinedSince: string | null
}

/**
 * The working copy of one operation: its fields are replaced, what they hold is never changed in place. Only the list of modules, which
 * changes several times in most operations, is copied once, when it first changes.
 */
export type Draft = { -readonly [Field in keyof Machine]: Machine[Field] } & {
  readonly events: KernelEvent[]
  /** `modules`, once it is this operation's own copy. */
  ownModules: Map<string, Module> | null
}

export const draftOf = (machine: Machine): Draft => ({ ...machine, events: [], ownModules: null })

/** The machine that an operation leaves. Field by field, because leaving one out of a copy costs more than the whole operation. */
export const seal = (draft: Draft): Machine => ({
  release: draft.release,
  rules: draft.rules,
  symbols: draft.symbols,
  clockMs: draft.clockMs,
  retryAtMs: draft.retryAtMs,
  modules: draft.modules,
  patches: draft.patches,
  hooks: draft.hooks,
  taken: draft.taken,
  ftraceEnabled: draft.ftraceEnabled,
  transition: draft.transition,
  tasks: draft.tasks,
  kthreadd: draft.kthreadd,
  forced: draft.forced,
  tainted: draft.tainted,
  shadows: draft.shadows,
  undefinedSince: draft.undefinedSince,
})

export type BootOptions = {
  /** `uname -r`; picks the rule set. */
  readonly release: string
  /**
   * Functions of vmlinux. A fleet's kallsyms are not known to Supersede, so by default every function that a livepatch names is
   * assumed to exist once and to be traceable. The kernel would refuse a livepatch for which that is wrong with EINVAL.
   */
  readonly symbols?: Symbols
}

/** A machine that has just booted: no module, no livepatch. */
export const boot = ({ release, symbols }: BootOptions): Machine => ({
  release,
  rules: ruleSetFor(release).rules,
  symbols,
  clockMs: 300,
  retryAtMs: null,
  modules: new Map(),
  patches: [],
  hooks: [],
  taken: [],
  ftraceEnabled: true,
  transition: null,
  tasks: [],
  kthreadd: -1,
  forced: false,
  tainted: false,
  shadows: [],
  undefinedSince: null,
})

/**
 * The state that tasks are to reach, which is that of a task that has just entered the kernel: `klp_target_state`, -1 outside a
 * transition.
 */
export const targetOf = ({ transition }: Pick<Machine, 'transition'>): PatchState =>
  transition === null ? -1 : transition.direction === 'patching' ? 1 : 0

/** "vmlinux" for the object without a name, as sysfs and the log spell it. */
export const objectName = (name: string | null): string => name ?? 'vmlinux'

export const findPatch = (machine: Pick<Machine, 'patches'>, name: string): Patch | undefined =>
  machine.patches.find(patch => patch.name === name)

export const replacePatch = (draft: Draft, patch: Patch): void => {
  draft.patches = draft.patches.map(other => (other.name === patch.name ? patch : other))
}

export const replaceObject = (draft: Draft, patch: Patch, index: number, change: Partial<PatchedObject>): Patch => {
  const objects = patch.objects.map((object, position) => (position === index ? { ...object, ...change } : object))
  const changed = { ...patch, objects }
  replacePatch(draft, changed)
  return changed
}

const ownModules = (draft: Draft): Map<string, Module> => {
  const modules = draft.ownModules ?? new Map(draft.modules)
  draft.ownModules = modules
  draft.modules = modules
  return modules
}

export const setModule = (draft: Draft, name: string, module: Module): void => {
  ownModules(draft).set(name, module)
}

export const dropModule = (draft: Draft, name: string): void => {
  ownModules(draft).delete(name)
}

export type CallbackRun = { readonly livepatch: string; readonly object: string | null; readonly callback: CallbackKind }
