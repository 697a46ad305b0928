import type { Manifest } from '../livepatch/index.ts'

/**
 * Functions of livepatches as `object:function`, or `object:function,n` where the n-th symbol of that name is meant.
 * Positions 0 and 1 name the same function (kernel/livepatch/core.c: klp_find_func; sysfs writes both as `,1`).
 */
export type FunctionChanges = { readonly kept: string[]; readonly added: string[]; readonly reverted: string[] }

const sets = new WeakMap<Manifest, ReadonlySet<string>>()

/** "vmlinux" for the object without a name, as sysfs and the kernel's log spell it. */
export const objectName = (name: string | null): string => name ?? 'vmlinux'

/** Every function that a livepatch patches. Computed once per manifest, since one livepatch is judged on many stacks. */
export const functionsOf = (manifest: Manifest): ReadonlySet<string> => {
  const known = sets.get(manifest)
  if (known) return known
  const names = manifest.objects.flatMap(object =>
    object.functions.map(({ name, sympos }) => {
      const position = BigInt(sympos)
      return `${objectName(object.name)}:${name}${position > 1n ? `,${position}` : ''}`
    }),
  )
  const set = new Set(names)
  sets.set(manifest, set)
  return set
}

/**
 * What a load changes of the functions that run patched. A cumulative livepatch puts every function that it does not patch
 * back to its original code; any other leaves the functions of the livepatches below as they are.
 */
export const functionChanges = (livepatch: Manifest, running: readonly Manifest[]): FunctionChanges => {
  const next = functionsOf(livepatch)
  const before = new Set<string>()
  for (const manifest of running) for (const name of functionsOf(manifest)) before.add(name)
  const stays = (name: string): boolean => next.has(name) || !livepatch.replace
  return {
    kept: [...before].filter(stays),
    added: [...next].filter(name => !before.has(name)),
    reverted: [...before].filter(name => !stays(name)),
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
