import { invalid, noSuchTable } from '../fault.ts'
import type { CommitQueue } from '../storage/commit-queue.ts'
import type { Storage } from '../storage/storage.ts'
import { type Index, indexNamed, type Table } from '../storage/table.ts'

/** What every operation works with. */
export type Context = {
  readonly storage: Storage
  readonly queue: CommitQueue
  readonly now: () => number
  readonly region: string
  readonly account: string
}

export type Operation = (context: Context, body: unknown) => unknown

const arnPattern = /^arn:aws:dynamodb:[^:]*:[^:]*:table\/([^/]+)$/

/** A table may be named by its ARN wherever its name is wanted. */
export const plainTableName = (name: string): string => arnPattern.exec(name)?.[1] ?? name

export const tableNamed = (storage: Storage, name: string): Table => {
  const table = storage.table(plainTableName(name))
  if (!table) throw noSuchTable()
  return table
}

export const indexOf = (table: Table, name: string): Index => {
  const index = indexNamed(table, name)
  if (!index) throw invalid(`The table does not have the specified index: ${name}`)
  return index
}
