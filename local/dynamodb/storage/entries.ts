import { type AttributeMap, attributeOf } from '../values/attribute-value.ts'
import { parseDecimal } from '../values/decimal.ts'
import { encodeSort, partitionPrefix, tieBreak } from '../values/key-encoding.ts'
import type { Index, Table } from './table.ts'

export type Entry = { readonly id: number; readonly key: Buffer }

/** Where an index holds the item; undefined when the item lacks one of the index's keys. */
export const indexEntry = (table: Table, index: Index, item: AttributeMap, itemKey: Uint8Array): Entry | undefined => {
  const partition = attributeOf(item, index.keys.partition.name)
  const sort = index.keys.sort && attributeOf(item, index.keys.sort.name)
  if (!partition || (index.keys.sort && !sort)) return undefined
  const own = attributeOf(item, table.keys.partition.name)
  if (!own) return undefined
  const tie = tieBreak(own, table.keys.sort && attributeOf(item, table.keys.sort.name))
  return { id: index.id, key: Buffer.concat([partitionPrefix(partition), ...(sort ? [encodeSort(sort)] : []), tie, itemKey]) }
}

const secondsMax = 2 ** 47

/** Big-endian seconds, so that entries come in the order of their expiry. */
export const expiryPrefix = (seconds: number): Buffer => {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(seconds, 0, 6)
  return bytes
}

const expiryEntry = (id: number, attribute: string, item: AttributeMap, itemKey: Uint8Array): Entry | undefined => {
  const value = attributeOf(item, attribute)
  const number = value && 'N' in value ? parseDecimal(value.N) : undefined
  if (!value || !('N' in value) || !number || number.negative) return undefined
  const seconds = Math.floor(Number(value.N))
  return seconds < secondsMax ? { id, key: Buffer.concat([expiryPrefix(seconds), itemKey]) } : undefined
}

/** Every entry that an item has beside its own row: one per index that it is in, and one if it can expire. */
export const entriesOf = (table: Table, item: AttributeMap, itemKey: Uint8Array): readonly Entry[] => {
  const entries: Entry[] = []
  for (const index of table.indexes) {
    const entry = indexEntry(table, index, item, itemKey)
    if (entry) entries.push(entry)
  }
  const expiry = table.expiry && expiryEntry(table.expiry.id, table.expiry.attribute, item, itemKey)
  if (expiry) entries.push(expiry)
  return entries
}
