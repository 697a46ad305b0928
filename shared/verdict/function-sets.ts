import type { Manifest, PatchedFunction } from '../livepatch/index.ts'

/**
 * Functions of livepatches as `object:function`, or `object:function,n` where the n-th symbol of that name is meant.
 * Positions 0 and 1 name the same function (kernel/livepatch/core.c: klp_find_func; sysfs writes both as `,1`).
 */
export type FunctionChanges = { readonly kept: string[]; readonly added: string[]; readonly reverted: string[] }

/** "vmlinux" for the object without a name, as sysfs and the kernel's log spell it. */
export const objectName = (name: string | null): string => name ?? 'vmlinux'

/** `name`, or `name,n`: a function within its object. */
const keyOf = ({ name, sympos }: PatchedFunction): string => {
  if (sympos === '0' || sympos === '1') return name
  const position = BigInt(sympos)
  return position > 1n ? `${name},${position}` : name
}

/** The functions of one object: as they are listed, each with its place among all; and where in that list a key is. */
type Listed = { readonly listed: readonly (PatchedFunction & { readonly place: number })[]; readonly at: ReadonlyMap<string, number> }
type Functions = { readonly names: readonly string[]; readonly byObject: ReadonlyMap<string, Listed> }

const index = ({ objects }: Manifest): Functions => {
  const names: string[] = []
  const byObject = new Map<string, { listed: (PatchedFunction & { place: number })[]; at: Map<string, number> }>()
  for (const object of objects) {
    const where = objectName(object.name)
    const within = byObject.get(where) ?? { listed: [], at: new Map<string, number>() }
    byObject.set(where, within)
    for (const { name, sympos } of object.functions) {
      const key = keyOf({ name, sympos })
      if (within.at.has(key)) continue
      within.at.set(key, within.listed.length)
      within.listed.push({ name, sympos, place: names.length })
      names.push(`${where}:${key}`)
    }
  }
  return { names, byObject }
}

const remembered = new WeakMap<Manifest, Functions>()

/** Every function that a livepatch patches, once. Indexed once per manifest, since one livepatch is judged on many stacks. */
const functionsOf = (manifest: Manifest): Functions => {
  const known = remembered.get(manifest)
  if (known) return known
  const functions = index(manifest)
  remembered.set(manifest, functions)
  return functions
}

/**
 * Where an object's list has a function, or -1. Livepatches of one series list functions in the same order, so the one behind the last
 * that was found is looked at before any is looked up.
 */
const placeIn = (ours: Listed | undefined, next: number, func: PatchedFunction): number => {
  const expected = ours?.listed[next]
  if (expected?.name === func.name && expected.sympos === func.sympos) return next
  return ours?.at.get(keyOf(func)) ?? -1
}

/**
 * What a load changes of the functions that run patched. A cumulative livepatch puts every function that it does not patch
 * back to its original code; any other leaves the functions of the livepatches below as they are.
 * Only the livepatch is indexed, not what runs: with hundreds of functions on hundreds of stacks this is most of a verdict's time.
 */
export const functionChanges = (livepatch: Manifest, running: readonly Manifest[]): FunctionChanges => {
  const { names, byObject } = functionsOf(livepatch)
  const patchedBefore = new Uint8Array(names.length)
  const kept: string[] = []
  const others = new Set<string>()
  const keep = (listed: Listed['listed'][number] | undefined): void => {
    if (listed === undefined || patchedBefore[listed.place] === 1) return
    patchedBefore[listed.place] = 1
    kept.push(names[listed.place] ?? '')
  }
  const leave = (name: string): void => {
    if (!livepatch.replace && !others.has(name)) kept.push(name)
    others.add(name)
  }
  for (const object of running.flatMap(({ objects }) => objects)) {
    const where = objectName(object.name)
    const ours = byObject.get(where)
    let next = 0
    for (const func of object.functions) {
      const at = placeIn(ours, next, func)
      if (at < 0) leave(`${where}:${keyOf(func)}`)
      else {
        keep(ours?.listed[at])
        next = at + 1
      }
    }
  }
  return {
    kept,
    added: names.filter((_, place) => patchedBefore[place] === 0),
    reverted: livepatch.replace ? [...others] : [],
  }
}

/** CVE ids that the hosts of a cohort gain and lose by a load, as the authors of the livepatches claim them. */
export const fixChanges = (livepatch: Manifest, running: readonly Manifest[]): { readonly gained: string[]; readonly lost: string[] } => {
  const before = new Set(running.flatMap(manifest => manifest.fixes))
  const after = new Set(livepatch.fixes)
  return {
    gained: [...after].filter(fix => !before.has(fix)).sort(),
    lost: livepatch.replace ? [...before].filter(fix => !after.has(fix)).sort() : [],
  }
}
