import { fault, invalid } from '../fault.ts'
import type { Storage } from '../storage/storage.ts'
import type { Table } from '../storage/table.ts'
import { readRequest } from '../wire/request.ts'
import type { Shape } from '../wire/shape.ts'
import { listTablesRequest, namedTableRequest } from '../wire/table-shapes.ts'
import { type Operation, plainTableName } from './context.ts'
import { tableDescription } from './table-description.ts'

const tablesMax = 100

/** Of an operation on tables the name's length is checked before all else, and in other words. */
export const readTableRequest = <Request>(shape: Shape<Request>, body: unknown): Request => {
  const given = shape.read(body)
  if (typeof given === 'object' && given !== null) requiredName(given)
  return readRequest(shape, body)
}

/** The name of the table that an operation on tables is about. */
export const requiredName = ({ TableName }: { readonly TableName?: string }): string => {
  if (TableName === undefined) throw invalid("The parameter 'TableName' is required but was not present in the request")
  const name = plainTableName(TableName)
  if (name.length < 3 || name.length > 255) throw invalid('TableName must be at least 3 characters long and at most 255 characters long')
  return name
}

/** The table, or the refusal that names it (operations on items do not name it). */
export const describedTable = (storage: Storage, name: string): Table => {
  const table = storage.table(name)
  if (!table) throw fault('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`)
  return table
}

/** A request that names a table and nothing more. */
export const namedTable = (body: unknown): string => requiredName(readTableRequest(namedTableRequest, body))

export const describeTable: Operation = (context, body) => {
  const name = namedTable(body)
  return { Table: tableDescription(context, describedTable(context.storage, name), 'ACTIVE') }
}

export const listTables: Operation = ({ storage }, body) => {
  const { ExclusiveStartTableName: start, Limit = tablesMax } = readRequest(listTablesRequest, body)
  const names = storage.tableNames().filter(name => start === undefined || name > start)
  const page = names.slice(0, Limit)
  return { TableNames: page, ...(names.length > page.length ? { LastEvaluatedTableName: page.at(-1) } : {}) }
}

export const describeContinuousBackups: Operation = ({ storage }, body) => {
  const name = namedTable(body)
  if (!storage.table(name)) throw fault('TableNotFoundException', `Table not found: ${name}`)
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  }
}
