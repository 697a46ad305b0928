import { Fault, invalid } from '../fault.ts'
import { indexEntry } from '../storage/entries.ts'
import { entryKeyNames, type Index, type KeyAttribute, keyNames, keyOf, type Table } from '../storage/table.ts'
import { type AttributeMap, attributeOf, typeOf } from '../values/attribute-value.ts'
import { keyFromKey } from './keys.ts'

const mismatch = 'The provided key element does not match the schema'

const startNames = (table: Table, index: Index | undefined) => (index ? entryKeyNames(table, index) : keyNames(table.keys))

/** An ExclusiveStartKey has as many attributes as the keys of the table, and of the index, together. */
export const checkStartCount = (table: Table, index: Index | undefined, start: AttributeMap): void => {
  if (Object.keys(start).length !== startNames(table, index).length) throw invalid('The provided starting key is invalid')
}

export const checkStartAttribute = (start: AttributeMap, { name, type }: KeyAttribute): void => {
  const value = attributeOf(start, name)
  if (!value) throw invalid('The provided starting key is invalid')
  if (typeOf(value) !== type) throw invalid(mismatch)
}

/** The encoded place of an ExclusiveStartKey, in the table or in the index; it need not exist. */
export const startPosition = (table: Table, index: Index | undefined, start: AttributeMap): Buffer => {
  const itemKey = positionInTable(table, start)
  if (!index) return itemKey
  const entry = indexEntry(table, index, start, itemKey)
  if (!entry) throw invalid('The provided starting key is invalid')
  return entry.key
}

const positionInTable = (table: Table, start: AttributeMap): Buffer => {
  try {
    return keyFromKey(table, keyOf(table.keys, start))
  } catch (error) {
    if (error instanceof Fault) throw invalid(`The provided starting key is invalid: ${error.message}`)
    throw error
  }
}
