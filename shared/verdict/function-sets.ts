import { codeAfter, functionKey, type Manifest, objectName, type PatchedFunction, type PatchedObject } from '../livepatch/index.ts'

/** Functions of livepatches by name (functionName), as seen from the code that runs on a machine before a load and after it. */
export type FunctionChanges = {
  /** The same code runs as before. */
  readonly kept: string[]
  /** Patched before as well, with other code, or with code that cannot be compared. */
  readonly rePatched: string[]
  /** Those of `rePatched` that cannot be compared, because the extent of their code is not known on one side. */
  readonly codeUnknown: string[]
  readonly added: string[]
  readonly reverted: string[]
}

export const noFunctionChanges = (): FunctionChanges => ({ kept: [], rePatched: [], codeUnknown: [], added: [], reverted: [] })

/** A function with its place among all of its livepatch; code: null where it is not known. */
type Placed = { readonly name: string; readonly sympos: string; code: string | null; readonly place: number }
/** The functions of one object as they are listed, and where in that list a key is. */
type Listed = { readonly listed: readonly Placed[]; readonly at: ReadonlyMap<string, number> }
type Functions = { readonly names: readonly string[]; readonly byObject: ReadonlyMap<string, Listed> }

const index = ({ objects }: Manifest): Functions => {
  const names: string[] = []
  const byObject = new Map<string, { listed: Placed[]; at: Map<string, number> }>()
  for (const object of objects) {
    const where = objectName(object.name)
    const within = byObject.get(where) ?? { listed: [], at: new Map<string, number>() }
    byObject.set(where, within)
    for (const { name, sympos, code = null } of object.functions) {
      const key = functionKey({ name, sympos })
      const twice = within.listed[within.at.get(key) ?? -1]
      if (twice) {
        twice.code = code
        continue
      }
      within.at.set(key, within.listed.length)
      within.listed.push({ name, sympos, code, place: names.length })
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
  return ours?.at.get(functionKey(func)) ?? -1
}

/** The lists that a function goes into, as bits of one byte: where what becomes of it is not known, it is counted as re-patched, too. */
const [KEPT, REPATCHED, UNKNOWN, ADDED] = [1, 2, 4, 8] as const

const listsOf = (before: string | undefined, after: string | null): number => {
  const code = codeAfter(before, after)
  if (code === 'kept') return KEPT
  return code === 'repatched' ? REPATCHED : REPATCHED | UNKNOWN
}

/** The names in a list, in the livepatch's order, written over a copy that is as long: a list that grows costs twice as much. */
const namesIn = (list: number, names: readonly string[], lists: Uint8Array): string[] => {
  const isIn = (place: number): boolean => ((lists[place] ?? 0) & list) !== 0
  let count = 0
  for (let place = 0; place < names.length; place += 1) if (isIn(place)) count += 1
  const found = names.slice(0, count)
  for (let place = 0, next = 0; next < count; place += 1) if (isIn(place)) found[next++] = names[place] ?? ''
  return found
}

/** Writes down what becomes of the functions of one object that runs patched, and answers those that are not in the livepatch. */
const compared = (ours: Listed | undefined, { name, functions }: PatchedObject, lists: Uint8Array): readonly string[] => {
  const others: string[] = []
  let next = 0
  for (const func of functions) {
    const at = placeIn(ours, next, func)
    const own = ours?.listed[at]
    if (own === undefined) others.push(`${objectName(name)}:${functionKey(func)}`)
    else {
      lists[own.place] = listsOf(func.code, own.code)
      next = at + 1
    }
  }
  return others
}

/**
 * What a load changes of the functions that run patched. A cumulative livepatch puts every function that it does not patch
 * back to its original code; any other leaves the functions of the livepatches below as they are.
 * Where several livepatches that run patch one function, the code of the newest runs, so that is what the new code is compared with.
 * Only the livepatch is indexed, not what runs: with hundreds of functions on hundreds of stacks this is most of a verdict's time.
 */
export const functionChanges = (livepatch: Manifest, running: readonly Manifest[]): FunctionChanges => {
  const { names, byObject } = functionsOf(livepatch)
  const lists = new Uint8Array(names.length).fill(ADDED)
  const patched = running.flatMap(({ objects }) => objects)
  const others = [...new Set(patched.flatMap(object => compared(byObject.get(objectName(object.name)), object, lists)))]
  const kept = namesIn(KEPT, names, lists)
  return {
    kept: livepatch.replace ? kept : [...kept, ...others],
    rePatched: namesIn(REPATCHED, names, lists),
    codeUnknown: namesIn(UNKNOWN, names, lists),
    added: namesIn(ADDED, names, lists),
    reverted: livepatch.replace ? others : [],
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
