import type { BoundCondition } from '../expression/bound.ts'
import { evaluate } from '../expression/evaluate.ts'
import { type Projection, project } from '../expression/projection.ts'
import type { KeyRange, Storage, StoredItem } from '../storage/storage.ts'
import { entryKeyNames, type Index, keyNames, projectedInto, type Table } from '../storage/table.ts'
import { type AttributeMap, type AttributeValue, attributeOf } from '../values/attribute-value.ts'
import { itemBytes } from '../values/size.ts'
import { storedBytes } from '../values/stored-size.ts'
import { consumed, readUnits } from './capacity.ts'

const pageBytesMax = 1024 * 1024

/** One page of a query or a scan, with everything in it decided. */
type Page = {
  readonly table: Table
  readonly index: Index | undefined
  readonly range: KeyRange
  readonly limit: number | undefined
  readonly filter: BoundCondition | undefined
  readonly projection: Projection | undefined
  readonly select: string | undefined
  readonly consistent: boolean
  readonly returnConsumedCapacity: string | undefined
}

const pickKey = (item: AttributeMap, names: readonly string[]): AttributeMap =>
  Object.fromEntries(names.flatMap(name => pair(name, attributeOf(item, name))))

const pair = (name: string, value: AttributeValue | undefined): (readonly [string, AttributeValue])[] => (value ? [[name, value]] : [])

/** Whether the whole item has to be read although the index holds a part of it: allowed, and paid for, on local indexes. */
const fetchesWhole = ({ index, select, projection, table }: Page): boolean => {
  if (index?.kind !== 'local' || index.projection.type === 'ALL') return false
  if (select === 'ALL_ATTRIBUTES') return true
  const held = new Set([...entryKeyNames(table, index), ...(index.projection.type === 'INCLUDE' ? index.projection.attributes : [])])
  return projection?.paths.some(([first]) => typeof first === 'string' && !held.has(first)) ?? false
}

type Progress = {
  scanned: number
  bytes: number
  fetchedUnits: number
  items: AttributeMap[]
  last: AttributeMap | undefined
  more: boolean
}

const rowsOf = (storage: Storage, { table, index, range }: Page): Generator<StoredItem> =>
  index ? storage.entries(table, index.id, range) : storage.items(table, range)

const scanRows = (storage: Storage, page: Page): Progress => {
  const { table, index, filter, limit } = page
  const whole = fetchesWhole(page)
  const progress: Progress = { scanned: 0, bytes: 0, fetchedUnits: 0, items: [], last: undefined, more: false }
  let stored = 0
  for (const row of rowsOf(storage, page)) {
    const held = index ? projectedInto(table, index, row.item) : row.item
    progress.scanned++
    progress.bytes += index ? itemBytes(held) : row.size
    stored += storedBytes(held, table.keys.sort?.name)
    const visible = whole ? row.item : held
    if (!filter || evaluate(filter, visible)) {
      progress.items.push(visible)
      if (whole) progress.fetchedUnits += readUnits(row.size, page.consistent)
    }
    progress.last = row.item
    progress.more = progress.scanned === limit || stored >= pageBytesMax
    if (progress.more) break
  }
  return progress
}

/** Reads the page: at most `limit` items or 1 MB are looked at, before the filter. */
export const readPage = (storage: Storage, page: Page): object => {
  const { table, index, projection } = page
  const progress = scanRows(storage, page)
  const names = index ? entryKeyNames(table, index) : keyNames(table.keys)
  const read = readUnits(progress.bytes, page.consistent)
  const spent = index ? { table, units: progress.fetchedUnits, byIndex: new Map([[index, read]]) } : { table, units: read }
  return {
    ...(page.select === 'COUNT' ? {} : { Items: progress.items.map(item => project(item, projection)) }),
    Count: progress.items.length,
    ScannedCount: progress.scanned,
    ...(progress.more && progress.last ? { LastEvaluatedKey: pickKey(progress.last, names) } : {}),
    ...consumed(spent, page.returnConsumedCapacity),
  }
}
