import { Fault, invalid } from '../fault.ts'
import { indexEntry } from '../storage/entries.ts'
import { entryKeyNames, type Index, keyNames, keyOf, type Table } from '../storage/table.ts'
import type { AttributeMap } from '../values/attribute-value.ts'
import { attributeOf, typeOf } from '../values/attribute-value.ts'
import { keyFromKey } from './keys.ts'

/** The encoded place of an ExclusiveStartKey, in the table or in the index; it need not exist. */
export const startPosition = (table: Table, index: Index | undefined, start: AttributeMap): Buffer => {
  const names = index ? entryKeyNames(table, index) : keyNames(table.keys)
  if (Object.keys(start).length !== names.length || names.some(name => !attributeOf(start, name)))
    throw invalid('The provided starting key is invalid')
  const itemKey = positionInTable(table, start)
  if (!index) return itemKey
  for (const { name, type } of index.keys.sort ? [index.keys.partition, index.keys.sort] : [index.keys.partition]) {
    const value = attributeOf(start, name)
    if (value && typeOf(value) !== type)
      throw invalid('The provided starting key is invalid: The provided key element does not match the schema')
  }
  const entry = indexEntry(index, start, itemKey)
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
