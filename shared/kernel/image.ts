import { CALLBACK_KINDS, type CallbackKind, type Manifest } from '../livepatch/index.ts'

/** How a function sleeps until its module is told to release it; absent: it does not. */
export type Sleep = 'interruptible' | 'uninterruptible'

/** `struct klp_func`: the replacement of one function. */
export type FunctionImage = {
  readonly name: string
  /** Decimal; 0: the name must be unique in its object. */
  readonly sympos: string
  /** The replacement sleeps here until the livepatch is released. */
  readonly sleeps?: Sleep
  /** The replacement returns this error (negative) instead of answering. */
  readonly returns?: number
}

/** Which callbacks exist, with the value that pre_patch returns (0 or a negative errno; a positive value is an author's mistake). */
export type CallbackImages = { readonly pre_patch?: number } & { readonly [Kind in Exclude<CallbackKind, 'pre_patch'>]?: true }

/** `struct klp_object`: null is vmlinux. */
export type ObjectImage = {
  readonly name: string | null
  readonly functions: readonly FunctionImage[]
  readonly callbacks: CallbackImages
  /** True: `funcs` is NULL, which the kernel refuses for a module and takes as the end of the list for vmlinux. */
  readonly withoutArray?: boolean
}

export type StateImage = { readonly id: string; readonly version: number }

/** A livepatch module, as far as the kernel's livepatching can tell one from another. */
export type LivepatchImage = {
  readonly kind: 'livepatch'
  readonly name: string
  readonly replace: boolean
  readonly states: readonly StateImage[]
  readonly objects: readonly ObjectImage[]
  /** False: no `livepatch` in its modinfo. */
  readonly marked?: boolean
  /** False: its init never calls klp_enable_patch. */
  readonly enables?: boolean
  /** What its init returns after enabling. */
  readonly initResult?: number
}

/** What is known of one symbol: how many of that name there are, whether ftrace can hook it, whether the original sleeps. */
export type SymbolFacts = { readonly occurrences: number; readonly traceable?: boolean; readonly sleeps?: Sleep }

/** The functions of vmlinux or of a module. Undefined stands for "not known": every name is then assumed to be there, once. */
export type Symbols = ReadonlyMap<string, SymbolFacts>

/** Any other module, which livepatches may patch. */
export type TargetImage = {
  readonly kind: 'target'
  readonly name: string
  readonly symbols?: Symbols
  readonly initResult?: number
  /** Functions that a kernel thread of this module enters as soon as the module is initialised, the outermost first. */
  readonly kthread?: readonly string[]
  /** A function that it has for itself while it is loaded: it sets a kprobe with a post handler at its entry (FTRACE_OPS_FL_IPMODIFY). */
  readonly takes?: { readonly object: string | null; readonly name: string }
}

export type ModuleImage = LivepatchImage | TargetImage

/**
 * The image of a livepatch out of the catalog. What a file cannot tell is taken as its author means it: marked as a livepatch,
 * enabling itself from its init, every pre_patch succeeding, no replacement sleeping for ever.
 */
export const imageOf = (manifest: Manifest): LivepatchImage => ({
  kind: 'livepatch',
  name: manifest.name,
  replace: manifest.replace,
  states: manifest.states,
  objects: manifest.objects.map(object => ({
    name: object.name,
    functions: object.functions,
    callbacks: Object.fromEntries(
      CALLBACK_KINDS.filter(kind => object.callbacks[kind] !== undefined).map(kind => [kind, kind === 'pre_patch' ? 0 : true]),
    ),
  })),
})
