import { fault, invalid, invalidParameters } from '../fault.ts'
import type { Index, KeyAttribute, Table, Throughput } from '../storage/table.ts'
import { type UpdateTableRequest, updateTableRequest } from '../wire/table-shapes.ts'
import type { Context, Operation } from './context.ts'
import { describedTable, readTableRequest, requiredName } from './describe-table.ts'
import { checkIndexDefinition, checkUnits, indexFrom, keyTypeOf } from './table-checks.ts'
import { tableDescription } from './table-description.ts'

type IndexUpdate = NonNullable<UpdateTableRequest['GlobalSecondaryIndexUpdates']>[number]

const checkIndexUpdates = (updates: readonly IndexUpdate[]): void => {
  const seen = new Set<string>()
  for (const { Create, Update, Delete } of updates) {
    const name = (Update ?? Create ?? Delete)?.IndexName
    if (name === undefined)
      throw invalidParameters(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
      )
    if (seen.has(name))
      throw invalidParameters(`Only one global secondary index update per index is allowed simultaneously. Index: ${name}`)
    seen.add(name)
  }
  if (updates.filter(update => update.Create ?? update.Delete).length > 1)
    throw fault(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    )
}

const checkRequest = (request: UpdateTableRequest): void => {
  if (request.StreamSpecification) throw invalid('This endpoint has no streams: StreamSpecification is not supported')
  if (request.ReplicaUpdates) throw invalid('This endpoint has no replicas: ReplicaUpdates is not supported')
  const { TableName: _, AttributeDefinitions: __, ...changes } = request
  if (Object.values(changes).every(change => Array.isArray(change) && change.length === 0))
    throw invalid(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    )
  if (request.BillingMode === 'PROVISIONED' && !request.ProvisionedThroughput)
    throw invalidParameters('ProvisionedThroughput must be specified when BillingMode is PROVISIONED')
  if (request.ProvisionedThroughput) checkUnits(request.ProvisionedThroughput)
  checkIndexUpdates(request.GlobalSecondaryIndexUpdates ?? [])
}

const existing = (table: Table, name: string): Index => {
  const index = table.indexes.find(one => one.kind === 'global' && one.name === name)
  if (!index) throw fault('ResourceNotFoundException', `Requested resource not found: Table: ${table.name} Index: ${name} not found`)
  return index
}

const mergedAttributes = (table: Table, request: UpdateTableRequest): readonly KeyAttribute[] => {
  const given = (request.AttributeDefinitions ?? []).map(one => ({ name: one.AttributeName, type: keyTypeOf(one.AttributeType) }))
  return [...table.attributes, ...given.filter(({ name }) => !table.attributes.some(known => known.name === name))]
}

/** Attributes are defined only as long as some key is made of them. */
const usedAttributes = (table: Table): readonly KeyAttribute[] => {
  const used = new Set([table, ...table.indexes].flatMap(({ keys }) => [keys.partition.name, keys.sort?.name]))
  return table.attributes.filter(({ name }) => used.has(name))
}

const withIndexUpdate = (context: Context, table: Table, update: IndexUpdate, attributes: readonly KeyAttribute[]): Table => {
  if (update.Create) {
    const { IndexName } = update.Create
    if (table.indexes.some(index => index.name === IndexName))
      throw invalid(`Attempting to create an index which already exists: ${IndexName}`)
    checkIndexDefinition(
      update.Create,
      attributes.map(({ name }) => name),
    )
    const [id = 0] = context.storage.freshIds(1)
    return { ...table, attributes, indexes: [...table.indexes, indexFrom(update.Create, 'global', id, attributes)] }
  }
  const name = update.Delete?.IndexName ?? update.Update?.IndexName ?? ''
  const index = existing(table, name)
  const others = table.indexes.filter(one => one !== index)
  return { ...table, indexes: update.Delete ? others : [...others, { ...index, throughput: update.Update?.ProvisionedThroughput }] }
}

const sameThroughput = (a: Throughput, b: Throughput): boolean =>
  a.ReadCapacityUnits === b.ReadCapacityUnits && a.WriteCapacityUnits === b.WriteCapacityUnits

const unchangedThroughput = ({ ReadCapacityUnits: read, WriteCapacityUnits: write }: Throughput) =>
  invalid(
    'The provisioned throughput for the table will not change. The requested value equals the current value. ' +
      `Current ReadCapacityUnits provisioned for the table: ${read}. Requested ReadCapacityUnits: ${read}. ` +
      `Current WriteCapacityUnits provisioned for the table: ${write}. Requested WriteCapacityUnits: ${write}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  )

const withSettings = (table: Table, request: UpdateTableRequest): Table => {
  const billing =
    request.BillingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' : request.BillingMode === 'PROVISIONED' ? 'PROVISIONED' : table.billing
  const wanted = request.ProvisionedThroughput
  if (wanted && billing === 'PAY_PER_REQUEST')
    throw invalidParameters('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST')
  if (wanted && billing === table.billing && sameThroughput(wanted, table.throughput)) throw unchangedThroughput(wanted)
  const none = { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
  return {
    ...table,
    billing,
    throughput: request.ProvisionedThroughput ?? (request.BillingMode === 'PAY_PER_REQUEST' ? none : table.throughput),
    deletionProtected: request.DeletionProtectionEnabled ?? table.deletionProtected,
    tableClass: request.TableClass ?? table.tableClass,
  }
}

/** An added index is filled in the same transaction, so it is complete when the answer goes out. */
const carryOut = (context: Context, before: Table, after: Table): void => {
  const { storage } = context
  storage.saveTable(after)
  for (const { id } of before.indexes) if (!after.indexes.some(index => index.id === id)) storage.dropEntries(id)
  for (const { id } of after.indexes) if (!before.indexes.some(index => index.id === id)) storage.fillEntries(after, id)
}

export const updateTable: Operation = (context, body) => {
  const request = readTableRequest(updateTableRequest, body)
  const name = requiredName(request)
  checkRequest(request)
  return context.queue.submit(() => {
    const before = describedTable(context.storage, name)
    const attributes = mergedAttributes(before, request)
    const updates = request.GlobalSecondaryIndexUpdates ?? []
    const indexed = updates.reduce((table, update) => withIndexUpdate(context, table, update, attributes), withSettings(before, request))
    const after = { ...indexed, attributes: usedAttributes(indexed) }
    carryOut(context, before, after)
    return { TableDescription: tableDescription(context, after, 'UPDATING') }
  })
}
