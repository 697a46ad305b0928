import type { BoundAction, BoundOperandOfUpdate } from '../expression/bound.ts'
import type { Path } from '../expression/syntax.ts'
import { invalid, invalidParameters } from '../fault.ts'
import { isKeyName, type KeyAttribute, type Table } from '../storage/table.ts'
import { type AttributeMap, attributeOf, type TypeName, typeOf } from '../values/attribute-value.ts'
import { refuseNestedKeys } from './key-paths.ts'

/* What an update may not do to keys. Some of it shows in the expression alone, some only in the updated item. */

const pathsOf = (operand: BoundOperandOfUpdate): readonly Path[] => {
  if (operand.type === 'value') return []
  if (operand.type === 'path') return [operand.path]
  return operand.type === 'if-not-exists'
    ? [operand.path, ...pathsOf(operand.fallback)]
    : [...pathsOf(operand.left), ...pathsOf(operand.right)]
}

/** The type that an action is bound to write; undefined where the item decides. */
const writtenType = (action: BoundAction): TypeName | undefined => {
  if (action.type === 'REMOVE') return undefined
  if (action.type !== 'SET') return typeOf(action.value)
  const { assigned } = action
  if (assigned.type === 'sum') return 'N'
  if (assigned.type === 'list-append') return 'L'
  return assigned.type === 'value' ? typeOf(assigned.value) : undefined
}

const indexKeys = (table: Table): readonly { index: string; key: KeyAttribute }[] =>
  table.indexes.flatMap(({ name, keys }) => [keys.partition, ...(keys.sort ? [keys.sort] : [])].map(key => ({ index: name, key })))

const refuseIndexTypes = (table: Table, actions: readonly BoundAction[]): void => {
  for (const { index, key } of indexKeys(table))
    for (const action of actions) {
      const type = action.path.length === 1 && action.path[0] === key.name ? writtenType(action) : undefined
      if (type && type !== key.type)
        throw invalidParameters(`Type mismatch for Index Key ${key.name} Expected: ${key.type} Actual: ${type} IndexName: ${index}`)
    }
}

/** Refuses updates of the item's key, of index keys to other types, and of what lies inside keys. */
export const checkUpdate = (table: Table, actions: readonly BoundAction[]): void => {
  for (const { path } of actions)
    if (typeof path[0] === 'string' && isKeyName(table.keys, path[0]))
      throw invalidParameters(`Cannot update attribute ${path[0]}. This attribute is part of the key`)
  refuseIndexTypes(table, actions)
  refuseNestedKeys(
    table,
    actions.flatMap(action => [action.path, ...(action.type === 'SET' ? pathsOf(action.assigned) : [])]),
  )
}

/** The updated item's index keys have their types. */
export const checkUpdated = (table: Table, after: AttributeMap, actions: readonly BoundAction[]): void => {
  for (const { key } of indexKeys(table)) {
    const value = actions.some(({ path }) => path[0] === key.name) ? attributeOf(after, key.name) : undefined
    if (value && typeOf(value) !== key.type)
      throw invalid('The update expression attempted to update the secondary index key to unsupported type')
  }
}
