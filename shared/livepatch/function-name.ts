import type { PatchedFunction } from './manifest.ts'

/*
 * What is one function, and whether two livepatches run the same code for it. Everything that compares livepatches asks here.
 */

/** "vmlinux" for the object without a name, as sysfs and the kernel's log spell it. */
export const objectName = (name: string | null): string => name ?? 'vmlinux'

/**
 * A function within its object: `name`, or `name,n` where the n-th symbol of that name is meant. Positions 0 and 1 name the same
 * function (kernel/livepatch/core.c: klp_find_func; sysfs writes both as `,1`).
 */
export const functionKey = ({ name, sympos }: Pick<PatchedFunction, 'name' | 'sympos'>): string => {
  if (sympos === '0' || sympos === '1') return name
  const position = BigInt(sympos)
  return position > 1n ? `${name},${position}` : name
}

/** `object:function`, or `object:function,n`. */
export const functionName = ({
  object,
  ...one
}: {
  readonly object: string | null
  readonly name: string
  readonly sympos: string
}): string => `${objectName(object)}:${functionKey(one)}`

/**
 * What becomes of a function that is patched before and after. `unknown`: the extent of its code is not known on one side, so nobody can
 * say that it stays the same; it is counted as re-patched, and told.
 */
export const codeAfter = (before: string | null | undefined, after: string | null | undefined): 'kept' | 'repatched' | 'unknown' => {
  if (before === null || before === undefined || after === null || after === undefined) return 'unknown'
  return before === after ? 'kept' : 'repatched'
}
