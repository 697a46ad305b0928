import { invalid } from '../fault.ts'
import { readRequest } from '../wire/request.ts'
import { namedTableRequest } from '../wire/table-shapes.ts'
import type { Operation } from './context.ts'
import { describedTable } from './describe-table.ts'
import { tableDescription } from './table-description.ts'

export const deleteTable: Operation = (context, body) => {
  const { TableName } = readRequest(namedTableRequest, body)
  return context.queue.submit(() => {
    const table = describedTable(context.storage, TableName)
    if (table.deletionProtected)
      throw invalid('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.')
    const description = tableDescription(context, table, 'DELETING')
    context.storage.dropTable(table)
    return { TableDescription: description }
  })
}
