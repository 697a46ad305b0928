import { decodeCursor, encodeCursor, InvalidCursor, type Position } from './cursor.ts'
import { type Item, itemOf, text } from './item.ts'
import type { Page, PageRequest } from './ports.ts'
import type { Expression, Table } from './table.ts'
import { TABLES } from './table-schema.ts'

/** One partition of a table or index, in the order of its sort key, from `prefix` on. */
export type Partition = {
  readonly value: string
  readonly prefix?: string | undefined
  readonly filter?: Expression | undefined
}

export type Listing = {
  readonly table: Table
  /** Without one: the table itself. */
  readonly index?: string
  readonly order: 'oldest-first' | 'newest-first'
}

const LIMIT_MAX = 100
/** Rounds of one page; a filter that drops nearly everything ends the page early instead of reading on for ever. */
const ROUNDS_MAX = 20

const boundedLimit = (limit: number): number => Math.min(LIMIT_MAX, Math.max(1, Math.trunc(limit) || 1))

const keysOf = ({ index }: Listing): { partition: string; sort: string } => {
  const schema = index === undefined ? undefined : TABLES.ledger.indexes.find(({ name }) => name === index)
  return schema ? { partition: schema.partitionKey, sort: schema.sortKey } : { partition: 'pk', sort: 'sk' }
}

/** The attributes that say where in its partition an item stands. */
export const positionNames = (listing: Listing): readonly string[] =>
  listing.index === undefined ? ['sk'] : [keysOf(listing).sort, 'pk', 'sk']

const positionOf = (names: readonly string[], item: Item): Position => Object.fromEntries(names.map(name => [name, text(item, name)]))

const keyExpression = (listing: Listing, { value, prefix }: Partition): Expression => {
  const { partition, sort } = keysOf(listing)
  return {
    text: prefix === undefined ? '#partition = :partition' : '#partition = :partition AND begins_with(#sort, :prefix)',
    names: prefix === undefined ? { partition } : { partition, sort },
    values: prefix === undefined ? { partition: value } : { partition: value, prefix },
  }
}

/** The service refuses a start key outside the partition; only a forged cursor can name one. */
const isOutside = (error: unknown): boolean => error instanceof Error && error.name === 'ValidationException'

export type Slice = { readonly items: Item[]; readonly more: Position | null }

/** Up to `limit` items after `from`, and where to go on; null when nothing follows. */
export const slice = async (listing: Listing, partition: Partition, limit: number, from: Position | null): Promise<Slice> => {
  const names = positionNames(listing)
  const items: Item[] = []
  let start: Item | undefined = from ? itemOf({ [keysOf(listing).partition]: partition.value, ...from }) : undefined
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    // One more than wanted: only then is it known whether a next page exists.
    const query = { index: listing.index, key: keyExpression(listing, partition), filter: partition.filter, start }
    const answer = await listing.table
      .query({ ...query, forward: listing.order === 'oldest-first', limit: limit + 1 - items.length })
      .catch((error: unknown) => {
        throw from && isOutside(error) ? new InvalidCursor() : error
      })
    items.push(...answer.items)
    const last = items[limit - 1]
    if (items.length > limit && last) return { items: items.slice(0, limit), more: positionOf(names, last) }
    if (!answer.last) return { items, more: null }
    start = answer.last
  }
  return { items, more: start ? positionOf(names, start) : null }
}

/** One page of one partition. The scope names the listing with its filter, so that a cursor serves no other. */
export const listPage = async <T>(
  listing: Listing,
  partition: Partition,
  { limit, cursor }: PageRequest,
  read: (item: Item) => T,
): Promise<Page<T>> => {
  const scope = JSON.stringify([listing.table.name, listing.index, partition])
  const { items, more } = await slice(listing, partition, boundedLimit(limit), decodeCursor(scope, positionNames(listing), cursor))
  return { items: items.map(read), ...(more ? { next: encodeCursor(scope, more) } : {}) }
}

/**
 * One page over several partitions in turn, for example day by day. `partitionsFrom` gives them in order, beginning with
 * the one named (null: with the first); it must refuse a name that is none, for the name comes out of a cursor.
 */
export const walkPage = async <T>(
  listing: Listing,
  scope: string,
  partitionsFrom: (name: string | null) => AsyncIterable<Partition> | Iterable<Partition>,
  { limit, cursor }: PageRequest,
  read: (item: Item) => T,
): Promise<Page<T>> => {
  const names = positionNames(listing)
  const position = decodeCursor(scope, ['partition', ...names], cursor)
  const bound = boundedLimit(limit)
  const found: { readonly partition: string; readonly item: Item }[] = []
  let from: Position | null = position && Object.fromEntries(names.map(name => [name, position[name] ?? '']))
  for await (const partition of partitionsFrom(position?.['partition'] ?? null)) {
    const { items } = await slice(listing, partition, bound + 1 - found.length, from)
    from = null
    found.push(...items.map(item => ({ partition: partition.value, item })))
    if (found.length > bound) break
  }
  const page = found.slice(0, bound)
  const last = found.length > bound ? page.at(-1) : undefined
  return {
    items: page.map(({ item }) => read(item)),
    ...(last ? { next: encodeCursor(scope, { partition: last.partition, ...positionOf(names, last.item) }) } : {}),
  }
}
