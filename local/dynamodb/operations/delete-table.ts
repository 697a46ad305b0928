import { invalid } from '../fault.ts'
import type { Operation } from './context.ts'
import { describedTable, namedTable } from './describe-table.ts'
import { tableDescription } from './table-description.ts'

export const deleteTable: Operation = (context, body) => {
  const name = namedTable(body)
  return context.queue.submit(() => {
    const table = describedTable(context.storage, name)
    if (table.deletionProtected)
      throw invalid('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.')
    const description = tableDescription(context, table, 'DELETING')
    context.storage.dropTable(table)
    return { TableDescription: description }
  })
}
