import { fault } from '../fault.ts'
import type { Storage } from '../storage/storage.ts'
import type { Table } from '../storage/table.ts'
import { readRequest } from '../wire/request.ts'
import { listTablesRequest, namedTableRequest } from '../wire/table-shapes.ts'
import { type Operation, plainTableName } from './context.ts'
import { tableDescription } from './table-description.ts'

const tablesMax = 100

/** The table, or the refusal that names it (operations on items do not name it). */
export const describedTable = (storage: Storage, given: string): Table => {
  const name = plainTableName(given)
  const table = storage.table(name)
  if (!table) throw fault('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`)
  return table
}

export const describeTable: Operation = (context, body) => {
  const { TableName } = readRequest(namedTableRequest, body)
  return { Table: tableDescription(context, describedTable(context.storage, TableName), 'ACTIVE') }
}

export const listTables: Operation = ({ storage }, body) => {
  const { ExclusiveStartTableName: start, Limit = tablesMax } = readRequest(listTablesRequest, body)
  const names = storage.tableNames().filter(name => start === undefined || name > start)
  const page = names.slice(0, Limit)
  return { TableNames: page, ...(names.length > page.length ? { LastEvaluatedTableName: page.at(-1) } : {}) }
}

export const describeContinuousBackups: Operation = ({ storage }, body) => {
  const { TableName } = readRequest(namedTableRequest, body)
  const name = plainTableName(TableName)
  if (!storage.table(name)) throw fault('TableNotFoundException', `Table not found: ${name}`)
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  }
}
