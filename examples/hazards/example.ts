import type { z } from 'zod'
import type { Scenario } from '../../shared/kernel/index.ts'
import type { CALLBACK_KINDS, Manifest } from '../../shared/livepatch/index.ts'

/** One case of the kernel's documentation, to be run on the simulation core and on a real kernel. */
export type Example = {
  /** What happens, in one sentence. */
  readonly title: string
  /** Where the kernel's documentation or its own tests speak of it. */
  readonly documented: string
  readonly modules: z.input<typeof Scenario>['modules']
  readonly steps: z.input<typeof Scenario>['steps']
  /** The finding that sees it coming, at the step that loads the livepatch which is the hazard. */
  readonly foreseen?: { readonly step: number; readonly finding: string }
  /** What the modules of a scenario do not say of a livepatch, by its name. */
  readonly facts?: Readonly<Record<string, Partial<Manifest>>>
}

export type Examples = Readonly<Record<string, Example>>

type Kind = (typeof CALLBACK_KINDS)[number]
type Part = {
  readonly patches?: readonly (string | { readonly name: string; readonly mode?: string })[]
  readonly callbacks?: Readonly<Partial<Record<Kind, number | boolean>>>
}

export const ALL_CALLBACKS = { pre_patch: 0, post_patch: true, pre_unpatch: true, post_unpatch: true } as const

/** A livepatch of these objects (`vmlinux`, or a module's name). */
const module = (
  name: string,
  objects: Readonly<Record<string, Part>>,
  replace: boolean,
  states: readonly (readonly [number, number])[],
) => ({
  name,
  replace,
  states: states.map(([id, version]) => ({ id, version })),
  objects: Object.entries(objects).map(([object, { patches = [], callbacks = {} }]) => ({
    name: object === 'vmlinux' ? null : object,
    funcs: [...patches],
    callbacks,
  })),
})

/** One that lets the others stand. States are pairs of id and version. */
export const livepatch = (name: string, objects: Readonly<Record<string, Part>>, states: readonly (readonly [number, number])[] = []) =>
  module(name, objects, false, states)

/** One that replaces all others. */
export const cumulative = (name: string, objects: Readonly<Record<string, Part>>, states: readonly (readonly [number, number])[] = []) =>
  module(name, objects, true, states)

export const target = (name: string) => ({ name, kind: 'target' as const })

export const load = (name: string) => ({ op: 'load' as const, module: name })
export const unload = (name: string) => ({ op: 'unload' as const, module: name })
export const disable = (patch: string) => ({ op: 'enabled' as const, patch, value: 0 })
export const enable = (patch: string) => ({ op: 'enabled' as const, patch, value: 1 })
