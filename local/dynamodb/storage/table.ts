import type { AttributeMap, AttributeValue, KeyType } from '../values/attribute-value.ts'
import { attributeOf } from '../values/attribute-value.ts'

export type KeyAttribute = { readonly name: string; readonly type: KeyType }
export type Keys = { readonly partition: KeyAttribute; readonly sort: KeyAttribute | undefined }
export type Throughput = { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number }

export type Index = {
  /** Names its rows among the entries; unique over all tables. */
  readonly id: number
  readonly name: string
  readonly kind: 'global' | 'local'
  readonly keys: Keys
  readonly projection: { readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; readonly attributes: readonly string[] }
  readonly throughput?: Throughput | undefined
}

/** A table as it is kept: everything that DescribeTable says, and the ids of its rows. */
export type Table = {
  readonly id: number
  readonly name: string
  readonly uuid: string
  readonly createdAtMs: number
  readonly attributes: readonly KeyAttribute[]
  readonly keys: Keys
  readonly indexes: readonly Index[]
  readonly billing: 'PROVISIONED' | 'PAY_PER_REQUEST'
  readonly throughput: Throughput
  readonly deletionProtected: boolean
  readonly tableClass?: string | undefined
  readonly encryption?: Readonly<Record<string, unknown>> | undefined
  readonly tags: Readonly<Record<string, string>>
  /** `id` names the entries that order the items by their time of expiry. */
  readonly expiry?: { readonly id: number; readonly attribute: string } | undefined
}

export const keyNames = (keys: Keys): readonly string[] => (keys.sort ? [keys.partition.name, keys.sort.name] : [keys.partition.name])

export const isKeyName = (keys: Keys, name: string): boolean => keys.partition.name === name || keys.sort?.name === name

/** The attributes that place an item in an index: the index's keys and the table's. */
export const entryKeyNames = (table: Table, index: Index): readonly string[] => [
  ...new Set([...keyNames(index.keys), ...keyNames(table.keys)]),
]

export const indexNamed = (table: Table, name: string): Index | undefined => table.indexes.find(index => index.name === name)

/** What an index holds of an item. */
export const projectedInto = (table: Table, index: Index, item: AttributeMap): AttributeMap => {
  if (index.projection.type === 'ALL') return item
  const names = new Set([...entryKeyNames(table, index), ...(index.projection.type === 'INCLUDE' ? index.projection.attributes : [])])
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)))
}

export const keyOf = (keys: Keys, item: AttributeMap): AttributeMap =>
  Object.fromEntries(keyNames(keys).flatMap(name => present(name, attributeOf(item, name))))

const present = (name: string, value: AttributeValue | undefined): (readonly [string, AttributeValue])[] => (value ? [[name, value]] : [])
