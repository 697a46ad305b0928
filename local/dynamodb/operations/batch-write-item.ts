import { invalid } from '../fault.ts'
import type { Storage } from '../storage/storage.ts'
import { keyOf } from '../storage/table.ts'
import { checkedMap } from '../values/check-value.ts'
import { batchWriteItemRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import type { ValueOf } from '../wire/shape.ts'
import { collectionMetrics, consumedByTable, spentOnWrite } from './capacity.ts'
import { type Operation, plainTableName, tableNamed } from './context.ts'
import { checkItemSize, type Done, type ItemWrite, outcomeOf, store, type Target, targetOf } from './item-write.ts'
import { keyFromKey } from './keys.ts'

const writesMax = 25

type WriteRequest = ValueOf<typeof batchWriteItemRequest>['RequestItems'][string][number]

const unconditional = { condition: undefined, showOnFailure: false }

const writeOf = (table: string, { PutRequest, DeleteRequest }: WriteRequest): ItemWrite => {
  if ((PutRequest === undefined) === (DeleteRequest === undefined))
    throw invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes')
  if (DeleteRequest) return { type: 'delete', table, key: checkedMap(DeleteRequest.Key), ...unconditional }
  const item = checkedMap(PutRequest?.Item ?? {})
  checkItemSize(item)
  return { type: 'put', table, item, ...unconditional }
}

/** A batch speaks of keys that do not fit as of those of a Key, in puts too. */
const batchTarget = (storage: Storage, write: ItemWrite): Target => {
  const table = tableNamed(storage, write.table)
  if (write.type === 'put') keyFromKey(table, keyOf(table.keys, write.item))
  return targetOf(storage, write)
}

/** Per table, the metrics of each item collection written to. */
const metricsByTable = (all: readonly Done[]): object => {
  const byTable: Record<string, object[]> = {}
  for (const done of all) {
    const metrics = collectionMetrics(done)
    if (metrics) byTable[done.table.name] = [...(byTable[done.table.name] ?? []), metrics]
  }
  return byTable
}

/** The writes of a batch share one transaction here, so all of them happen; nothing is ever left unprocessed. */
export const batchWriteItem: Operation = ({ storage, queue }, body) => {
  const request = readRequest(batchWriteItemRequest, body)
  const requests = Object.entries(request.RequestItems).flatMap(([name, list]) =>
    list.map(write => ({ name: plainTableName(name), write })),
  )
  if (requests.length === 0) throw invalid('The requestItems parameter is required for BatchWriteItem')
  if (requests.length > writesMax) throw invalid('Too many items requested for the BatchWriteItem call')
  const writes = requests.map(({ name, write }) => writeOf(name, write))
  return queue.submit(() => {
    const outcomes = writes.map(write => outcomeOf(write, batchTarget(storage, write)))
    const places = new Set(outcomes.map(({ table, key }) => `${table.id} ${key.toString('latin1')}`))
    if (places.size < outcomes.length) throw invalid('Provided list of item keys contains duplicates')
    const done = outcomes.map(outcome => store(storage, outcome))
    return {
      UnprocessedItems: {},
      ...consumedByTable(
        done.map(one => spentOnWrite(one)),
        request.ReturnConsumedCapacity,
      ),
      ...(request.ReturnItemCollectionMetrics === 'SIZE' ? { ItemCollectionMetrics: metricsByTable(done) } : {}),
    }
  })
}
