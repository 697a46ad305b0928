import { list, struct } from './composite-shape.ts'
import { tableName } from './item-shapes.ts'
import { flag, text, type ValueOf, whole } from './shape.ts'

/* The requests of the operations on tables. */

const name = { pattern: '[a-zA-Z0-9_.-]+', lengthMin: 3, lengthMax: 255 }
const tag = struct(
  { Key: text({ lengthMin: 1, lengthMax: 128 }), Value: text({ lengthMax: 256 }) },
  { java: 'Tag', notNull: ['Key', 'Value'] },
)

const attributeDefinitions = list(
  struct(
    { AttributeName: text({ lengthMin: 1, lengthMax: 255 }), AttributeType: text({ enum: ['B', 'N', 'S'] }) },
    { java: 'AttributeDefinition', notNull: ['AttributeName', 'AttributeType'] },
  ),
)

const keySchema = list(
  struct(
    { AttributeName: text({ lengthMin: 1, lengthMax: 255 }), KeyType: text({ enum: ['HASH', 'RANGE'] }) },
    { java: 'KeySchemaElement', notNull: ['AttributeName', 'KeyType'] },
  ),
  { lengthMin: 1, lengthMax: 2 },
)

const throughput = struct(
  { WriteCapacityUnits: whole('Long', { min: 1 }), ReadCapacityUnits: whole('Long', { min: 1 }) },
  { java: 'ProvisionedThroughput', notNull: ['WriteCapacityUnits', 'ReadCapacityUnits'] },
)

const projection = struct(
  {
    ProjectionType: text({ enum: ['ALL', 'INCLUDE', 'KEYS_ONLY'] }),
    NonKeyAttributes: list(text({ lengthMin: 1, lengthMax: 255 }), { lengthMin: 1, lengthMax: 100 }),
  },
  { java: 'Projection' },
)

const onDemand = struct({ MaxReadRequestUnits: whole('Long'), MaxWriteRequestUnits: whole('Long') }, { java: 'OnDemandThroughput' })

const globalIndexMembers = {
  IndexName: text(name),
  KeySchema: keySchema,
  Projection: projection,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemand,
}

const globalIndex = struct(globalIndexMembers, { java: 'GlobalSecondaryIndex', notNull: ['IndexName', 'KeySchema', 'Projection'] })

const localIndex = struct(
  { IndexName: text(name), KeySchema: keySchema, Projection: projection },
  { java: 'LocalSecondaryIndex', notNull: ['IndexName', 'KeySchema', 'Projection'] },
)

const encryption = struct(
  { Enabled: flag, SSEType: text({ enum: ['AES256', 'KMS'] }), KMSMasterKeyId: text() },
  { java: 'SSESpecification' },
)
const stream = struct(
  { StreamEnabled: flag, StreamViewType: text({ enum: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] }) },
  { java: 'StreamSpecification', notNull: ['StreamEnabled'] },
)
const tableClass = text({ enum: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] })
const billingMode = text({ enum: ['PROVISIONED', 'PAY_PER_REQUEST'] })

export const createTableRequest = struct(
  {
    AttributeDefinitions: attributeDefinitions,
    TableName: text(name),
    BillingMode: billingMode,
    ProvisionedThroughput: throughput,
    KeySchema: keySchema,
    LocalSecondaryIndexes: list(localIndex),
    GlobalSecondaryIndexes: list(globalIndex),
    StreamSpecification: stream,
    SSESpecification: encryption,
    TableClass: tableClass,
    DeletionProtectionEnabled: flag,
    OnDemandThroughput: onDemand,
    ResourcePolicy: text(),
    Tags: list(tag),
  },
  { notNull: ['AttributeDefinitions', 'KeySchema'] },
)

export type CreateTableRequest = ValueOf<typeof createTableRequest>

export const updateTableRequest = struct({
  AttributeDefinitions: attributeDefinitions,
  TableName: tableName,
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  GlobalSecondaryIndexUpdates: list(
    struct(
      {
        Create: struct(globalIndexMembers, { java: 'CreateGlobalSecondaryIndexAction', notNull: ['IndexName', 'KeySchema', 'Projection'] }),
        Update: struct(
          { IndexName: text(name), ProvisionedThroughput: throughput },
          { java: 'UpdateGlobalSecondaryIndexAction', notNull: ['IndexName', 'ProvisionedThroughput'] },
        ),
        Delete: struct({ IndexName: text(name) }, { java: 'DeleteGlobalSecondaryIndexAction', notNull: ['IndexName'] }),
      },
      { java: 'GlobalSecondaryIndexUpdate' },
    ),
  ),
  StreamSpecification: stream,
  SSESpecification: encryption,
  ReplicaUpdates: list(struct({}, { java: 'ReplicationGroupUpdate' })),
  TableClass: tableClass,
  DeletionProtectionEnabled: flag,
  OnDemandThroughput: onDemand,
})

export type UpdateTableRequest = ValueOf<typeof updateTableRequest>
export type IndexRequest = ValueOf<typeof localIndex> | ValueOf<typeof globalIndex>
export type KeySchemaRequest = ValueOf<typeof keySchema>

export const namedTableRequest = struct({ TableName: tableName })

export const listTablesRequest = struct({
  ExclusiveStartTableName: text(name),
  Limit: whole('Integer', { min: 1, max: 100 }),
})

export const updateTimeToLiveRequest = struct(
  {
    TableName: tableName,
    TimeToLiveSpecification: struct(
      { Enabled: flag, AttributeName: text({ lengthMin: 1, lengthMax: 255 }) },
      { java: 'TimeToLiveSpecification', notNull: ['Enabled', 'AttributeName'] },
    ),
  },
  { notNull: ['TimeToLiveSpecification'] },
)

export const tagResourceRequest = struct({ ResourceArn: text(), Tags: list(tag) })

export const untagResourceRequest = struct({ ResourceArn: text(), TagKeys: list(text({ lengthMin: 1, lengthMax: 128 })) })

export const listTagsRequest = struct({ ResourceArn: text(), NextToken: text() })
