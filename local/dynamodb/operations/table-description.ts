import type { Storage } from '../storage/storage.ts'
import type { Index, Keys, Table, Throughput } from '../storage/table.ts'
import type { Context } from './context.ts'

const keySchemaOf = ({ partition, sort }: Keys) => [
  { AttributeName: partition.name, KeyType: 'HASH' },
  ...(sort ? [{ AttributeName: sort.name, KeyType: 'RANGE' }] : []),
]

const throughputOf = (throughput: Throughput) => ({ NumberOfDecreasesToday: 0, ...throughput })

const arnOf = ({ region, account }: Context, table: string): string => `arn:aws:dynamodb:${region}:${account}:table/${table}`

const indexDescription = (arn: string, table: Table, index: Index, storage: Storage, status: string) => {
  const { items, bytes } = storage.countEntries(table, index.id)
  return {
    IndexName: index.name,
    KeySchema: keySchemaOf(index.keys),
    Projection: {
      ProjectionType: index.projection.type,
      ...(index.projection.type === 'INCLUDE' ? { NonKeyAttributes: index.projection.attributes } : {}),
    },
    ...(index.kind === 'global'
      ? {
          IndexStatus: status === 'CREATING' ? 'CREATING' : 'ACTIVE',
          ProvisionedThroughput: throughputOf(index.throughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }),
        }
      : {}),
    IndexSizeBytes: bytes,
    ItemCount: items,
    IndexArn: `${arn}/index/${index.name}`,
  }
}

/** What the description of a table that is being deleted leaves out. */
const definitionOf = (table: Table) => ({
  AttributeDefinitions: table.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
  KeySchema: keySchemaOf(table.keys),
  CreationDateTime: table.createdAtMs / 1000,
})

export type TableStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'

/** A table as DescribeTable shows it. Counts are exact, not the six hours old of the service. */
export const tableDescription = (context: Context, table: Table, status: TableStatus): object => {
  const { storage } = context
  const arn = arnOf(context, table.name)
  const { items, bytes } = storage.count(table)
  const described = (kind: Index['kind']) =>
    table.indexes.filter(index => index.kind === kind).map(index => indexDescription(arn, table, index, storage, status))
  const [locals, globals] = [described('local'), described('global')]
  return {
    TableName: table.name,
    TableStatus: status,
    ...(status === 'DELETING' ? {} : definitionOf(table)),
    ProvisionedThroughput: throughputOf(table.throughput),
    TableSizeBytes: bytes,
    ItemCount: items,
    TableArn: arn,
    TableId: table.uuid,
    ...(table.billing === 'PAY_PER_REQUEST'
      ? { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: table.createdAtMs / 1000 } }
      : {}),
    ...(locals.length > 0 ? { LocalSecondaryIndexes: locals } : {}),
    ...(globals.length > 0 ? { GlobalSecondaryIndexes: globals } : {}),
    ...(table.encryption ? { SSEDescription: table.encryption } : {}),
    ...(table.tableClass === undefined ? {} : { TableClassSummary: { TableClass: table.tableClass } }),
    DeletionProtectionEnabled: table.deletionProtected,
  }
}
