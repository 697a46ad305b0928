import { randomUUID } from 'node:crypto'
import { fault, invalid } from '../fault.ts'
import type { Table } from '../storage/table.ts'
import { readRequest } from '../wire/request.ts'
import { type CreateTableRequest, createTableRequest } from '../wire/table-shapes.ts'
import type { Context, Operation } from './context.ts'
import { checkTableDefinition, indexFrom, keysOf, keyTypeOf } from './table-checks.ts'
import { tableDescription } from './table-description.ts'

const noThroughput = { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }

const encryptionOf = ({ SSESpecification }: CreateTableRequest) =>
  SSESpecification?.Enabled ? { encryption: { Status: 'ENABLED', SSEType: SSESpecification.SSEType ?? 'KMS' } } : {}

const tableFrom = ({ storage, now }: Context, request: CreateTableRequest, name: string): Table => {
  const locals = request.LocalSecondaryIndexes ?? []
  const globals = request.GlobalSecondaryIndexes ?? []
  const [id = 1, ...indexIds] = storage.freshIds(1 + locals.length + globals.length)
  const attributes = request.AttributeDefinitions.map(definition => ({
    name: definition.AttributeName,
    type: keyTypeOf(definition.AttributeType),
  }))
  const wanted = [
    ...locals.map(index => ({ kind: 'local', index }) as const),
    ...globals.map(index => ({ kind: 'global', index }) as const),
  ]
  return {
    id,
    name,
    uuid: randomUUID(),
    createdAtMs: now(),
    attributes,
    keys: keysOf(request.KeySchema, attributes),
    indexes: wanted.map(({ kind, index }, at) => indexFrom(index, kind, indexIds[at] ?? 0, attributes)),
    billing: request.BillingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    throughput: request.ProvisionedThroughput ?? noThroughput,
    deletionProtected: request.DeletionProtectionEnabled ?? false,
    ...(request.TableClass === undefined ? {} : { tableClass: request.TableClass }),
    ...encryptionOf(request),
    tags: Object.fromEntries((request.Tags ?? []).map(tag => [tag.Key, tag.Value])),
  }
}

export const createTable: Operation = (context, body) => {
  const name = createTableRequest.read(body).TableName
  if (name === undefined) throw invalid("The parameter 'TableName' is required but was not present in the request")
  const request = readRequest(createTableRequest, body)
  checkTableDefinition(request)
  return context.queue.submit(() => {
    if (context.storage.table(name)) throw fault('ResourceInUseException', `Table already exists: ${name}`)
    const table = tableFrom(context, request, name)
    context.storage.saveTable(table)
    return { TableDescription: tableDescription(context, table, 'CREATING') }
  })
}
