import { invalid, invalidParameters } from '../fault.ts'
import type { Keys, Table } from '../storage/table.ts'
import { type AttributeMap, type AttributeValue, attributeOf, typeOf } from '../values/attribute-value.ts'
import { itemKey } from '../values/key-encoding.ts'
import { base64Bytes } from '../values/size.ts'

const partitionBytesMax = 2048
const sortBytesMax = 1024

const bytesIn = (value: AttributeValue): number => ('S' in value ? Buffer.byteLength(value.S) : 'B' in value ? base64Bytes(value.B) : 1)

const isEmpty = (value: AttributeValue): boolean => ('S' in value && value.S === '') || ('B' in value && value.B === '')

const refuseEmpty = (value: AttributeValue, name: string): void => {
  if (!isEmpty(value)) return
  throw invalid(
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
      `${'S' in value ? 'string' : 'binary'} value. Key: ${name}`,
  )
}

const refuseLong = (keys: Keys, partition: AttributeValue, sort: AttributeValue | undefined): void => {
  if (bytesIn(partition) > partitionBytesMax)
    throw invalidParameters(`Size of hashkey has exceeded the maximum size limit of${partitionBytesMax} bytes`)
  if (keys.sort && sort && bytesIn(sort) > sortBytesMax)
    throw invalidParameters(`Aggregated size of all range keys has exceeded the size limit of ${sortBytesMax} bytes`)
}

const keyValues = (keys: Keys, map: AttributeMap) => ({
  partition: attributeOf(map, keys.partition.name),
  sort: keys.sort && attributeOf(map, keys.sort.name),
})

/** The encoded key of a request's `Key`, which must hold the key attributes and nothing else. */
export const keyFromKey = ({ keys }: Table, key: AttributeMap): Buffer => {
  const { partition, sort } = keyValues(keys, key)
  const wanted = [keys.partition, ...(keys.sort ? [keys.sort] : [])]
  const fits = wanted.every(({ name, type }) => {
    const value = attributeOf(key, name)
    return value && typeOf(value) === type
  })
  if (!partition || !fits || Object.keys(key).length !== wanted.length) throw invalid('The provided key element does not match the schema')
  for (const { name } of wanted) refuseEmpty(attributeOf(key, name) ?? partition, name)
  refuseLong(keys, partition, sort)
  return itemKey(partition, sort)
}

/** The encoded key of a whole item. */
export const keyFromItem = ({ keys }: Table, item: AttributeMap): Buffer => {
  for (const { name, type } of [keys.partition, ...(keys.sort ? [keys.sort] : [])]) {
    const value = attributeOf(item, name)
    if (!value) throw invalidParameters(`Missing the key ${name} in the item`)
    if (typeOf(value) !== type) throw invalidParameters(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`)
    refuseEmpty(value, name)
  }
  const { partition, sort } = keyValues(keys, item)
  if (!partition) throw invalidParameters(`Missing the key ${keys.partition.name} in the item`)
  refuseLong(keys, partition, sort)
  return itemKey(partition, sort)
}

/** An item may lack an index's keys; those that it has must be of the defined type, and not empty. */
export const checkIndexKeys = (table: Table, item: AttributeMap): void => {
  for (const index of table.indexes) {
    const { partition, sort } = index.keys
    for (const { name, type } of sort ? [partition, sort] : [partition]) {
      const value = attributeOf(item, name)
      if (!value) continue
      if (typeOf(value) !== type)
        throw invalidParameters(`Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`)
      if (isEmpty(value))
        throw invalid(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            `The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. ` +
            `IndexName: ${index.name}, IndexKey: ${name}`,
        )
    }
    const { partition: first, sort: second } = keyValues(index.keys, item)
    if (first) refuseLong(index.keys, first, second)
  }
}
