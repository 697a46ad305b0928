import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { AttributeMap } from '../values/attribute-value.ts'
import { itemBytes } from '../values/size.ts'
import { type Entry, entriesOf } from './entries.ts'
import type { Table } from './table.ts'

/*
 * One SQLite file. Items of all tables lie in `item` under (table, key); what an index or the expiry of items needs lies
 * in `entry` under (index, key) and points to the item, so that an item is kept once and an update that leaves the index
 * keys alone touches one row. Keys are bytes in DynamoDB's order (values/key-encoding.ts).
 */
const schema = `
  CREATE TABLE IF NOT EXISTS definition (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS item (t INTEGER NOT NULL, k BLOB NOT NULL, size INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (t, k)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entry (i INTEGER NOT NULL, k BLOB NOT NULL, item BLOB NOT NULL, PRIMARY KEY (i, k)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS token (token TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`

const pragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -65536;
`

/** Above every key: a key's fifth and sixth bytes are a length of at most 2048. */
export const keyMax = Buffer.alloc(8, 0xff)
export const keyMin = Buffer.alloc(0)

export type StoredItem = { readonly key: Uint8Array; readonly item: AttributeMap; readonly size: number }

/** Keys in [from, to), upwards or downwards. */
export type KeyRange = { readonly from: Buffer; readonly to: Buffer; readonly descending: boolean }

/** `size` is that of the new item (0 when removed); ids name the indexes whose entry came or went, and those that hold the item now. */
export type Written = { readonly size: number; readonly entriesChanged: readonly number[]; readonly indexesHeld: readonly number[] }

const bytesOf = (value: unknown): Uint8Array => {
  if (!(value instanceof Uint8Array)) throw new TypeError('a key is kept as a blob')
  return value
}

/** Items are written by this file only, so what comes out is what went in. */
const itemFrom = (body: unknown): AttributeMap => JSON.parse(String(body))

const stored = (row: Record<string, unknown>): StoredItem => ({
  key: bytesOf(row.k),
  item: itemFrom(row.body),
  size: Number(row.size),
})

export class Storage {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #tables = new Map<string, Table>()

  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(pragmas)
    this.#database.exec(schema)
    this.reload()
  }

  close(): void {
    this.#database.close()
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepared(sql).run(...values)
  }

  row(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return this.#prepared(sql).get(...values)
  }

  // Tables

  /** Reads the definitions anew, as after a rollback. */
  reload(): void {
    const rows = this.#prepared('SELECT body FROM definition').all()
    const tables: Table[] = rows.map(({ body }) => JSON.parse(String(body)))
    this.#tables = new Map(tables.map(table => [table.name, table]))
  }

  table(name: string): Table | undefined {
    return this.#tables.get(name)
  }

  tableNames(): readonly string[] {
    return [...this.#tables.keys()].sort()
  }

  tables(): IterableIterator<Table> {
    return this.#tables.values()
  }

  /** `count` ids that no table, index or expiry has. */
  freshIds(count: number): readonly number[] {
    const taken = [...this.#tables.values()].flatMap(table => [table.id, ...table.indexes.map(index => index.id), table.expiry?.id ?? 0])
    const first = Math.max(0, ...taken) + 1
    return Array.from({ length: count }, (_, offset) => first + offset)
  }

  saveTable(table: Table): void {
    this.run(
      'INSERT INTO definition (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
      table.id,
      JSON.stringify(table),
    )
    this.#tables.set(table.name, table)
  }

  dropTable(table: Table): void {
    this.run('DELETE FROM definition WHERE id = ?', table.id)
    this.run('DELETE FROM item WHERE t = ?', table.id)
    for (const index of table.indexes) this.dropEntries(index.id)
    if (table.expiry) this.dropEntries(table.expiry.id)
    this.#tables.delete(table.name)
  }

  dropEntries(id: number): void {
    this.run('DELETE FROM entry WHERE i = ?', id)
  }

  /** Writes the entries that a new index, or newly enabled expiry, has for the items already there. */
  fillEntries(table: Table, id: number): void {
    for (const { key, item } of this.#prepared('SELECT k, size, body FROM item WHERE t = ?').all(table.id).map(stored))
      for (const entry of entriesOf(table, item, key)) if (entry.id === id) this.#insertEntry(entry, key)
  }

  count(table: Table): { items: number; bytes: number } {
    const row = this.row('SELECT count(*) AS items, total(size) AS bytes FROM item WHERE t = ?', table.id)
    return { items: Number(row?.items), bytes: Number(row?.bytes) }
  }

  countEntries(table: Table, id: number): { items: number; bytes: number } {
    const row = this.row(
      `SELECT count(*) AS items, total(size) AS bytes FROM entry CROSS JOIN item ON item.t = ? AND item.k = entry.item WHERE entry.i = ?`,
      table.id,
      id,
    )
    return { items: Number(row?.items), bytes: Number(row?.bytes) }
  }

  // Items

  item(table: Table, key: Uint8Array): StoredItem | undefined {
    const row = this.#prepared('SELECT k, size, body FROM item WHERE t = ? AND k = ?').get(table.id, key)
    return row && stored(row)
  }

  /** Puts an item in the place of the one that was there, or removes that one. The caller has read it and passes it on. */
  write(table: Table, key: Uint8Array, before: StoredItem | undefined, item: AttributeMap | undefined): Written {
    const size = item ? itemBytes(item) : 0
    if (item) this.#putRow(table.id, key, size, JSON.stringify(item))
    else if (before) this.run('DELETE FROM item WHERE t = ? AND k = ?', table.id, key)
    const hasEntries = table.indexes.length > 0 || table.expiry
    return { size, ...(hasEntries ? this.#moveEntries(table, key, before?.item, item) : { entriesChanged: [], indexesHeld: [] }) }
  }

  #putRow(id: number, key: Uint8Array, size: number, body: string): void {
    this.run(
      'INSERT INTO item (t, k, size, body) VALUES (?, ?, ?, ?) ON CONFLICT (t, k) DO UPDATE SET size = excluded.size, body = excluded.body',
      id,
      key,
      size,
      body,
    )
  }

  #moveEntries(table: Table, key: Uint8Array, before: AttributeMap | undefined, after: AttributeMap | undefined): Omit<Written, 'size'> {
    const old = before ? entriesOf(table, before, key) : []
    const fresh = after ? entriesOf(table, after, key) : []
    const same = (a: Entry) => (b: Entry) => a.id === b.id && a.key.equals(b.key)
    const gone = old.filter(entry => !fresh.some(same(entry)))
    const come = fresh.filter(entry => !old.some(same(entry)))
    for (const entry of gone) this.run('DELETE FROM entry WHERE i = ? AND k = ?', entry.id, entry.key)
    for (const entry of come) this.#insertEntry(entry, key)
    return { entriesChanged: [...gone, ...come].map(entry => entry.id), indexesHeld: fresh.map(entry => entry.id) }
  }

  #insertEntry(entry: Entry, itemKey: Uint8Array): void {
    this.run('INSERT INTO entry (i, k, item) VALUES (?, ?, ?)', entry.id, entry.key, itemKey)
  }

  /** The items of a table in the order of their keys. */
  *items(table: Table, { from, to, descending }: KeyRange): Generator<StoredItem> {
    const order = descending ? 'DESC' : 'ASC'
    const rows = this.#prepared(`SELECT k, size, body FROM item WHERE t = ? AND k >= ? AND k < ? ORDER BY k ${order}`)
    for (const row of rows.iterate(table.id, from, to)) yield stored(row)
  }

  /** The items that an index (or the expiry) lists, in its order; `key` is the entry's. */
  *entries(table: Table, id: number, { from, to, descending }: KeyRange): Generator<StoredItem> {
    const order = descending ? 'DESC' : 'ASC'
    const rows = this.#prepared(
      `SELECT entry.k AS k, size, body FROM entry CROSS JOIN item ON item.t = ? AND item.k = entry.item
        WHERE entry.i = ? AND entry.k >= ? AND entry.k < ? ORDER BY entry.k ${order}`,
    )
    for (const row of rows.iterate(table.id, id, from, to)) yield stored(row)
  }

  /** The same with the items' own keys, read at once, so that the caller may write. */
  entryItems(table: Table, id: number, { from, to }: KeyRange, countMax: number): readonly StoredItem[] {
    const rows = this.#prepared(
      `SELECT item.k AS k, size, body FROM entry CROSS JOIN item ON item.t = ? AND item.k = entry.item
        WHERE entry.i = ? AND entry.k >= ? AND entry.k < ? ORDER BY entry.k LIMIT ?`,
    )
    return rows.all(table.id, id, from, to, countMax).map(stored)
  }
}
