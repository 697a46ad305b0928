import type { BoundCondition } from '../expression/bound.ts'
import { pathsIn } from '../expression/named-attributes.ts'
import type { Path } from '../expression/syntax.ts'
import { invalid } from '../fault.ts'
import { isKeyName, type Table } from '../storage/table.ts'

/** Key attributes are scalars, so no expression may look into one. */
export const refuseNestedKeys = (table: Table, paths: readonly Path[]): void => {
  const nested = paths.flatMap(path => (path.length > 1 && typeof path[0] === 'string' ? [path[0]] : []))
  const refusal = (kind: string, name: string) =>
    invalid(`Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`)
  for (const name of nested) {
    if (isKeyName(table.keys, name)) throw refusal('Key', name)
    if (table.indexes.some(index => isKeyName(index.keys, name))) throw refusal('IndexKey', name)
  }
}

/** The same for all that a condition speaks of. */
export const refuseNestedKeysIn = (table: Table, condition: BoundCondition | undefined): void => {
  if (condition) refuseNestedKeys(table, pathsIn(condition))
}
