import type { Index, Table } from '../storage/table.ts'
import type { Done } from './item-write.ts'

const readUnitBytes = 4096
const writeUnitBytes = 1024

export const readUnits = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5)

const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / writeUnitBytes))

/** Units by what they were spent on: the table, or one of its indexes. */
export type Spent = { readonly table: Table; readonly units: number; readonly byIndex?: ReadonlyMap<Index, number> }

/** What an item's write costs: the larger of the item before and after, and the same for each index that it changes. */
export const spentOnWrite = ({ table, before, written }: Done, factor = 1): Spent => {
  const units = writeUnits(Math.max(before?.size ?? 0, written.size)) * factor
  const byIndex = new Map<Index, number>()
  for (const index of table.indexes) {
    const changes = written.entriesChanged.filter(id => id === index.id).length
    const isInside = index.projection.type !== 'KEYS_ONLY' && changes === 0 && before && written.indexesHeld.includes(index.id)
    if (changes > 0 || isInside) byIndex.set(index, units * Math.max(1, changes))
  }
  return { table, units, byIndex }
}

type Wanted = string | undefined

const sumOf = (numbers: Iterable<number>): number => [...numbers].reduce((sum, number) => sum + number, 0)

const indexUnits = (byIndex: ReadonlyMap<Index, number>, kind: Index['kind']) => {
  const entries = [...byIndex].filter(([index]) => index.kind === kind)
  return entries.length > 0 ? Object.fromEntries(entries.map(([index, CapacityUnits]) => [index.name, { CapacityUnits }])) : undefined
}

/** One `ConsumedCapacity`; with `side` the units are also given as read or write units, as transactions do. */
const report = ({ table, units, byIndex = new Map<Index, number>() }: Spent, wanted: Wanted, side?: 'Read' | 'Write') => {
  const both = (count: number) => ({ CapacityUnits: count, ...(side ? { [`${side}CapacityUnits`]: count } : {}) })
  const total = units + sumOf(byIndex.values())
  if (wanted === 'TOTAL') return { TableName: table.name, ...both(total) }
  const [locals, globals] = [indexUnits(byIndex, 'local'), indexUnits(byIndex, 'global')]
  return {
    TableName: table.name,
    ...both(total),
    Table: both(units),
    ...(locals ? { LocalSecondaryIndexes: locals } : {}),
    ...(globals ? { GlobalSecondaryIndexes: globals } : {}),
  }
}

export const consumed = (spent: Spent, wanted: Wanted): object =>
  wanted === 'TOTAL' || wanted === 'INDEXES' ? { ConsumedCapacity: report(spent, wanted) } : {}

const added = (a: Spent, b: Spent): Spent => {
  const byIndex = new Map(a.byIndex)
  for (const [index, units] of b.byIndex ?? []) byIndex.set(index, (byIndex.get(index) ?? 0) + units)
  return { table: a.table, units: a.units + b.units, byIndex }
}

/** A list of `ConsumedCapacity`, one per table, for operations on many items. */
export const consumedByTable = (all: readonly Spent[], wanted: Wanted, side?: 'Read' | 'Write'): object => {
  if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return {}
  const byTable = new Map<string, Spent>()
  for (const spent of all) {
    const known = byTable.get(spent.table.name)
    byTable.set(spent.table.name, known ? added(known, spent) : spent)
  }
  return { ConsumedCapacity: [...byTable.values()].map(spent => report(spent, wanted, side)) }
}

/** `ItemCollectionMetrics` exist only for tables with local indexes; the size is an estimate in GB. */
export const collectionMetrics = ({ table, before, after }: Done): object | undefined => {
  const { partition } = table.keys
  const value = (after ?? before?.item)?.[partition.name]
  if (!value || !table.indexes.some(index => index.kind === 'local')) return undefined
  return { ItemCollectionKey: { [partition.name]: value }, SizeEstimateRangeGB: [0, 1] }
}
