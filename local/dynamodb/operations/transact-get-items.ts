import { project } from '../expression/projection.ts'
import { invalid } from '../fault.ts'
import type { Storage, StoredItem } from '../storage/storage.ts'
import type { Table } from '../storage/table.ts'
import { checkedMap } from '../values/check-value.ts'
import { transactGetItemsRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import { consumedByTable, readUnits } from './capacity.ts'
import { type Operation, tableNamed } from './context.ts'
import { keyFromKey } from './keys.ts'
import { boundExpressions, checkParameters } from './request-expressions.ts'
import { cancelled, none, type Reason, reasonOf } from './transaction-cancelled.ts'

type Get = { readonly table: Table; readonly key: Parameters<typeof keyFromKey>[1] }
type Found = { readonly reason: Reason; readonly place?: string; readonly found?: StoredItem | undefined }

const lookUp = (storage: Storage, { table, key }: Get): Found => {
  try {
    const encoded = keyFromKey(table, key)
    return { reason: none, place: `${table.id} ${encoded.toString('latin1')}`, found: storage.item(table, encoded) }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

/** All items as of one moment: nothing is written between the reads, for they share one turn. */
export const transactGetItems: Operation = ({ storage }, body) => {
  const request = readRequest(transactGetItemsRequest, body)
  const projections = request.TransactItems.map(({ Get }) => {
    checkParameters(Get, { expressions: ['ProjectionExpression'], others: [] })
    return boundExpressions(Get).projection
  })
  const gets = request.TransactItems.map(({ Get }) => ({ table: tableNamed(storage, Get.TableName), key: checkedMap(Get.Key) }))
  const found = gets.map(get => lookUp(storage, get))
  const places = found.map(({ place }) => place).filter(place => place !== undefined)
  if (new Set(places).size < places.length) throw invalid('Transaction request cannot include multiple operations on one item')
  if (found.some(({ reason }) => reason !== none)) throw cancelled(found.map(({ reason }) => reason))
  const spent = gets.map(({ table }, at) => ({ table, units: 2 * readUnits(found[at]?.found?.size ?? 0, true) }))
  return {
    ...consumedByTable(spent, request.ReturnConsumedCapacity, 'Read'),
    Responses: found.map(({ found: item }, at) => (item ? { Item: project(item.item, projections[at]) } : {})),
  }
}
