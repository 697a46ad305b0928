import { type Draft, type Patch, type PatchedFunction, type PatchedObject, replacePatch } from '../machine.ts'
import type { RawObject } from './objects.ts'

const nopFor = ({ name, sympos, key }: PatchedFunction): PatchedFunction => ({ name, sympos, key, nop: true })

const withNops = (object: RawObject, { functions }: PatchedObject): RawObject => {
  if (functions.size === 0) return object
  const known = new Set(object.functions.map(({ key }) => key))
  const nops = [...functions.values()].filter(({ key }) => !known.has(key)).map(nopFor)
  return { ...object, functions: [...object.functions, ...nops] }
}

const dynamicObject = (name: string | null): RawObject => ({ name, callbacks: {}, dynamic: true, functions: [] })

/**
 * Adds to a cumulative livepatch a nop for every function that a listed livepatch patches and it does not, so that switched tasks
 * reach the original code at once. Objects that it does not patch are added as dynamic ones.
 * Source: kernel/livepatch/core.c: klp_add_nops, klp_add_object_nops.
 */
export const addNops = (draft: Draft, objects: readonly RawObject[]): readonly RawObject[] => {
  const grown = [...objects]
  for (const patch of draft.patches)
    for (const old of patch.objects) {
      const at = grown.findIndex(({ name }) => name === old.name)
      const own = grown[at]
      if (own === undefined) grown.push(withNops(dynamicObject(old.name), old))
      else grown[at] = withNops(own, old)
    }
  return grown
}

const hasNops = ({ dynamic, functions }: PatchedObject): boolean => dynamic || [...functions.values()].some(({ nop }) => nop)
const withoutNops = (functions: ReadonlyMap<string, PatchedFunction>) => new Map([...functions].filter(([, func]) => !func.nop))

/** Nops and dynamic objects go once every task has switched. Source: kernel/livepatch/core.c: klp_discard_nops. */
export const discardNops = (draft: Draft, patch: Patch): Patch => {
  if (!patch.objects.some(hasNops)) return patch
  const objects = patch.objects.filter(object => !object.dynamic).map(object => ({ ...object, functions: withoutNops(object.functions) }))
  const changed = { ...patch, objects }
  replacePatch(draft, changed)
  return changed
}

/**
 * Disables and unpatches every livepatch older than the cumulative one. No callback of theirs runs and no line is printed.
 * Source: kernel/livepatch/core.c: klp_unpatch_replaced_patches.
 */
export const unpatchReplaced = (draft: Draft, by: Patch): void => {
  const index = draft.patches.findIndex(patch => patch.name === by.name)
  draft.patches = draft.patches.map((patch, position) =>
    position < index ? { ...patch, enabled: false, objects: patch.objects.map(object => ({ ...object, patched: false })) } : patch,
  )
}
