import { attributeMap, attributeValue } from './attribute-value-shape.ts'
import { list, map, struct } from './composite-shape.ts'
import { failure, flag, lengthFailures, readText, type Shape, type TextConstraints, text, whole } from './shape.ts'

/* The requests of the operations on items. Members stand in the order in which the service complains of them. */

const namePattern = '[a-zA-Z0-9_.-]+'
const tableKeyRules: TextConstraints = { pattern: namePattern, lengthMin: 3, lengthMax: 255 }
const tableNamePattern = new RegExp(`^${namePattern}$`)
const comparisonOperator = text({
  enum: ['IN', 'NULL', 'BETWEEN', 'LT', 'NOT_CONTAINS', 'EQ', 'GT', 'NOT_NULL', 'NE', 'LE', 'BEGINS_WITH', 'GE', 'CONTAINS'],
})

/** A name or an ARN. Only one thing is ever said to be wrong with it, its length before its letters. */
export const tableName: Shape<string> = {
  read: readText,
  check: (value, path, failures) => {
    if (value.startsWith('arn:')) return
    const [constraint] = lengthFailures(value.length, { lengthMin: value === '' ? 1 : 3, lengthMax: 255 })
    if (constraint !== undefined) failures.push(failure(value, path, constraint))
    else if (!tableNamePattern.test(value))
      failures.push(failure(value, path, `Member must satisfy regular expression pattern: ${namePattern}`))
  },
  show: value => value,
}

export const returnConsumedCapacity = text({ enum: ['INDEXES', 'TOTAL', 'NONE'] })
const returnItemCollectionMetrics = text({ enum: ['SIZE', 'NONE'] })
const returnValues = text({ enum: ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] })
const returnValuesOnConditionCheckFailure = text({ enum: ['ALL_OLD', 'NONE'] })
const indexName = text({ pattern: namePattern, lengthMin: 3, lengthMax: 255 })
const select = text({ enum: ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] })
const conditionalOperator = text({ enum: ['OR', 'AND'] })
const attributesToGet = list(text(), { lengthMin: 1, lengthMax: 255 })
const names = map(text(), 'java.lang.String')

const expected = map(
  struct(
    { AttributeValueList: list(attributeValue), ComparisonOperator: comparisonOperator, Exists: flag, Value: attributeValue },
    { java: 'ExpectedAttributeValue' },
  ),
  'com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue',
)

const conditions = map(
  struct(
    { AttributeValueList: list(attributeValue), ComparisonOperator: comparisonOperator },
    { java: 'Condition', notNull: ['ComparisonOperator'] },
  ),
  'com.amazonaws.dynamodb.v20120810.Condition',
)

const attributeUpdates = map(
  struct({ Action: text({ enum: ['ADD', 'DELETE', 'PUT'] }), Value: attributeValue }, { java: 'AttributeValueUpdate' }),
  'com.amazonaws.dynamodb.v20120810.AttributeValueUpdate',
)

const expressionMembers = { ExpressionAttributeValues: attributeMap, ExpressionAttributeNames: names }

export const getItemRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    AttributesToGet: attributesToGet,
    TableName: tableName,
    Key: attributeMap,
    ConsistentRead: flag,
    ProjectionExpression: text(),
    ExpressionAttributeNames: names,
  },
  { notNull: ['TableName', 'Key'] },
)

export const putItemRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    TableName: tableName,
    Item: attributeMap,
    ConditionalOperator: conditionalOperator,
    Expected: expected,
    ReturnValues: returnValues,
    ReturnItemCollectionMetrics: returnItemCollectionMetrics,
    ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
    ConditionExpression: text(),
    ...expressionMembers,
  },
  { notNull: ['TableName', 'Item'] },
)

export const updateItemRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    TableName: tableName,
    ReturnItemCollectionMetrics: returnItemCollectionMetrics,
    ReturnValues: returnValues,
    ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
    Key: attributeMap,
    ConditionalOperator: conditionalOperator,
    Expected: expected,
    AttributeUpdates: attributeUpdates,
    ConditionExpression: text(),
    UpdateExpression: text(),
    ...expressionMembers,
  },
  { notNull: ['TableName', 'Key'] },
)

export const deleteItemRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    TableName: tableName,
    Key: attributeMap,
    ConditionalOperator: conditionalOperator,
    Expected: expected,
    ReturnValues: returnValues,
    ReturnItemCollectionMetrics: returnItemCollectionMetrics,
    ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
    ConditionExpression: text(),
    ...expressionMembers,
  },
  { notNull: ['TableName', 'Key'] },
)

const expressionsOfReads = { FilterExpression: text(), ProjectionExpression: text(), ...expressionMembers }

export const queryRequest = struct(
  {
    Select: select,
    IndexName: indexName,
    ReturnConsumedCapacity: returnConsumedCapacity,
    QueryFilter: conditions,
    TableName: tableName,
    ConditionalOperator: conditionalOperator,
    AttributesToGet: attributesToGet,
    Limit: whole('Integer'),
    KeyConditions: conditions,
    ExclusiveStartKey: attributeMap,
    ConsistentRead: flag,
    ScanIndexForward: flag,
    KeyConditionExpression: text(),
    ...expressionsOfReads,
  },
  { notNull: ['TableName'] },
)

export const scanRequest = struct(
  {
    Select: select,
    IndexName: indexName,
    TotalSegments: whole('Integer', { min: 1, max: 1_000_000 }),
    ReturnConsumedCapacity: returnConsumedCapacity,
    TableName: tableName,
    ConditionalOperator: conditionalOperator,
    ScanFilter: conditions,
    Segment: whole('Integer', { min: 0, max: 999_999 }),
    Limit: whole('Integer', { min: 1 }),
    AttributesToGet: attributesToGet,
    ExclusiveStartKey: attributeMap,
    ConsistentRead: flag,
    ...expressionsOfReads,
  },
  { notNull: ['TableName'] },
)

export const batchGetItemRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    RequestItems: map(
      struct(
        {
          Keys: list(attributeMap, { lengthMin: 1 }),
          AttributesToGet: attributesToGet,
          ConsistentRead: flag,
          ProjectionExpression: text(),
          ExpressionAttributeNames: names,
        },
        { java: 'KeysAndAttributes', notNull: ['Keys'] },
      ),
      'com.amazonaws.dynamodb.v20120810.KeysAndAttributes',
      { keys: tableKeyRules },
    ),
  },
  { notNull: ['RequestItems'] },
)

export const batchWriteItemRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    ReturnItemCollectionMetrics: returnItemCollectionMetrics,
    RequestItems: map(
      list(
        struct(
          {
            DeleteRequest: struct({ Key: attributeMap }, { java: 'DeleteRequest', notNull: ['Key'] }),
            PutRequest: struct({ Item: attributeMap }, { java: 'PutRequest', notNull: ['Item'] }),
          },
          { java: 'WriteRequest' },
        ),
      ),
      'java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>',
      { keys: tableKeyRules, values: { lengthMin: 1, lengthMax: 25 } },
    ),
  },
  { notNull: ['RequestItems'] },
)

const conditionMembers = {
  ConditionExpression: text(),
  ...expressionMembers,
  ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
}

export const transactWriteItemsRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    ReturnItemCollectionMetrics: returnItemCollectionMetrics,
    ClientRequestToken: text({ lengthMin: 1, lengthMax: 36 }),
    TransactItems: list(
      struct(
        {
          ConditionCheck: struct(
            { TableName: tableName, Key: attributeMap, ...conditionMembers },
            { java: 'ConditionCheck', notNull: ['TableName', 'Key', 'ConditionExpression'] },
          ),
          Put: struct({ TableName: tableName, Item: attributeMap, ...conditionMembers }, { java: 'Put', notNull: ['TableName', 'Item'] }),
          Delete: struct(
            { TableName: tableName, Key: attributeMap, ...conditionMembers },
            { java: 'Delete', notNull: ['TableName', 'Key'] },
          ),
          Update: struct(
            { TableName: tableName, Key: attributeMap, UpdateExpression: text(), ...conditionMembers },
            { java: 'Update', notNull: ['TableName', 'Key', 'UpdateExpression'] },
          ),
        },
        { java: 'TransactWriteItem' },
      ),
      { lengthMin: 1, lengthMax: 100 },
    ),
  },
  { notNull: ['TransactItems'] },
)

export const transactGetItemsRequest = struct(
  {
    ReturnConsumedCapacity: returnConsumedCapacity,
    TransactItems: list(
      struct(
        {
          Get: struct(
            { TableName: tableName, Key: attributeMap, ProjectionExpression: text(), ExpressionAttributeNames: names },
            { java: 'Get', notNull: ['TableName', 'Key'] },
          ),
        },
        { java: 'TransactGetItem', notNull: ['Get'] },
      ),
      { lengthMin: 1, lengthMax: 100 },
    ),
  },
  { notNull: ['TransactItems'] },
)
