import { type Draft, type Patch, type PatchedFunction, replacePatch } from '../machine.ts'
import type { RawObject } from './objects.ts'

const nopFor = ({ name, sympos, key }: PatchedFunction): PatchedFunction => ({ name, sympos, key, nop: true })

type Growing = { readonly object: RawObject; readonly functions: PatchedFunction[]; readonly known: Set<string> }

const grow = (object: RawObject): Growing => ({
  object,
  functions: [...object.functions],
  known: new Set(object.functions.map(func => func.key)),
})

/**
 * Adds to a cumulative livepatch a nop for every function that a listed livepatch patches and it does not, so that switched tasks
 * reach the original code at once. Objects that it does not patch are added as dynamic ones.
 * Source: kernel/livepatch/core.c: klp_add_nops, klp_add_object_nops.
 */
export const addNops = (draft: Draft, objects: readonly RawObject[]): readonly RawObject[] => {
  const growing = objects.map(grow)
  for (const patch of draft.patches)
    for (const old of patch.objects) {
      let own = growing.find(({ object }) => object.name === old.name)
      if (own === undefined) {
        own = grow({ name: old.name, callbacks: {}, dynamic: true, functions: [] })
        growing.push(own)
      }
      for (const func of old.functions.values()) {
        if (own.known.has(func.key)) continue
        own.known.add(func.key)
        own.functions.push(nopFor(func))
      }
    }
  return growing.map(({ object, functions }) => ({ ...object, functions }))
}

const withoutNops = (functions: ReadonlyMap<string, PatchedFunction>) => new Map([...functions].filter(([, func]) => !func.nop))

/** Nops and dynamic objects go once every task has switched. Source: kernel/livepatch/core.c: klp_discard_nops. */
export const discardNops = (draft: Draft, patch: Patch): Patch => {
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
