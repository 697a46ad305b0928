import { failure } from '../errno.ts'
import type { SymbolFacts } from '../image.ts'
import type { Draft, Machine } from '../machine.ts'
import { say } from './log.ts'

/** What is assumed of a function in an object whose symbols are not known. */
const ASSUMED: SymbolFacts = { occurrences: Number.POSITIVE_INFINITY, traceable: true }

const symbolsOf = (machine: Machine, object: string | null) => {
  if (object === null) return machine.symbols
  const image = machine.modules.get(object)?.image
  return image?.kind === 'target' ? image.symbols : undefined
}

/** What is known of a function; undefined: the object has none of that name. */
export const factsOf = (machine: Machine, object: string | null, name: string): SymbolFacts | undefined => {
  const symbols = symbolsOf(machine, object)
  return symbols === undefined ? ASSUMED : symbols.get(name)
}

/**
 * Looks the function up in the loaded object's symbol table: 0, or -EINVAL with the line that says why.
 * For vmlinux the ambiguity line prints `(null)`, the other one spells it out.
 * Source: kernel/livepatch/core.c: klp_find_object_symbol.
 */
export const findObjectSymbol = (draft: Draft, object: string | null, name: string, sympos: string): number => {
  const occurrences = factsOf(draft, object, name)?.occurrences ?? 0
  if (occurrences === 0) say(draft, 'symbol-missing', name)
  else if (occurrences === Number.POSITIVE_INFINITY) return 0
  else if (Number(sympos) === 0 && occurrences > 1) say(draft, 'symbol-ambiguous', name, object ?? '(null)')
  else if (Number(sympos) > occurrences) say(draft, 'symbol-position', name, object ?? 'vmlinux', sympos)
  else return 0
  return failure('EINVAL')
}
