import type { Manifest } from '../livepatch/index.ts'

/**
 * Functions of livepatches as `object:function`, or `object:function,n` where the n-th symbol of that name is meant.
 * Positions 0 and 1 name the same function (kernel/livepatch/core.c: klp_find_func; sysfs writes both as `,1`).
 */
export type FunctionChanges = { readonly kept: string[]; readonly added: string[]; readonly reverted: string[] }

/** "vmlinux" for the object without a name, as sysfs and the kernel's log spell it. */
export const objectName = (name: string | null): string => name ?? 'vmlinux'

type Functions = { readonly names: readonly string[]; readonly positions: ReadonlyMap<string, number> }

const remembered = new WeakMap<Manifest, Functions>()

/** Every function that a livepatch patches, once. Computed once per manifest, since one livepatch is judged on many stacks. */
const functionsOf = (manifest: Manifest): Functions => {
  const known = remembered.get(manifest)
  if (known) return known
  const names = manifest.objects.flatMap(object =>
    object.functions.map(({ name, sympos }) => {
      const position = sympos === '0' ? 0n : BigInt(sympos)
      return `${objectName(object.name)}:${name}${position > 1n ? `,${position}` : ''}`
    }),
  )
  const unique = [...new Set(names)]
  const functions = { names: unique, positions: new Map(unique.map((name, index) => [name, index])) }
  remembered.set(manifest, functions)
  return functions
}

const functionsOfAll = (manifests: readonly Manifest[]): readonly string[] => {
  const [first, ...others] = manifests.map(manifest => functionsOf(manifest).names)
  return others.length === 0 ? (first ?? []) : [...new Set([...(first ?? []), ...others.flat()])]
}

/**
 * What a load changes of the functions that run patched. A cumulative livepatch puts every function that it does not patch
 * back to its original code; any other leaves the functions of the livepatches below as they are.
 * Names are looked up once, those of what runs in those of the livepatch: with hundreds of functions this is most of a verdict's time.
 */
export const functionChanges = (livepatch: Manifest, running: readonly Manifest[]): FunctionChanges => {
  const { names, positions } = functionsOf(livepatch)
  const patchedBefore = new Uint8Array(names.length)
  const kept: string[] = []
  const reverted: string[] = []
  for (const name of functionsOfAll(running)) {
    const position = positions.get(name)
    if (position !== undefined) patchedBefore[position] = 1
    if (position !== undefined || !livepatch.replace) kept.push(name)
    else reverted.push(name)
  }
  return { kept, added: names.filter((_, index) => patchedBefore[index] === 0), reverted }
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
