import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTable, dropTable, type Endpoint, keySchema, openEndpoint, refusal } from './endpoint.ts'

let endpoint: Endpoint
let table: string

beforeAll(async () => {
  endpoint = await openEndpoint()
  table = await createTable(endpoint, ['pk'], { pk: 'S' })
})

afterAll(async () => {
  await dropTable(endpoint, table)
  await endpoint.close()
})

describe('a table', () => {
  test('is described as it was made', async () => {
    const { Table } = await endpoint.client.send(new DescribeTableCommand({ TableName: table }))
    expect(Table).toMatchObject({
      TableName: table,
      TableStatus: 'ACTIVE',
      KeySchema: keySchema(['pk']),
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    })
    expect(Table?.TableArn).toMatch(new RegExp(`^arn:aws:dynamodb:[^:]+:[0-9]+:table/${table}$`))
  })

  test('is listed, page by page', async () => {
    const other = await createTable(endpoint, ['pk'], { pk: 'S' })
    const names: string[] = []
    let start: string | undefined
    do {
      const page = await endpoint.client.send(new ListTablesCommand({ Limit: 1, ...(start ? { ExclusiveStartTableName: start } : {}) }))
      names.push(...(page.TableNames ?? []))
      start = page.LastEvaluatedTableName
    } while (start)
    expect(names).toEqual(names.toSorted())
    expect(names).toEqual(expect.arrayContaining([table, other]))
    await dropTable(endpoint, other)
  })

  test('takes an index later, and finds the items in it that were there before', async () => {
    await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'early' }, g: { S: 'x' } } }))
    await endpoint.client.send(
      new UpdateTableCommand({
        TableName: table,
        AttributeDefinitions: [{ AttributeName: 'g', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [
          { Create: { IndexName: 'by-g', KeySchema: keySchema(['g']), Projection: { ProjectionType: 'ALL' } } },
        ],
      }),
    )
    await waitUntilTableExists({ client: endpoint.client, maxWaitTime: 600 }, { TableName: table })
    const found = { TableName: table, IndexName: 'by-g', KeyConditionExpression: 'g = :x', ExpressionAttributeValues: { ':x': { S: 'x' } } }
    expect((await endpoint.client.send(new QueryCommand(found))).Items).toEqual([{ pk: { S: 'early' }, g: { S: 'x' } }])
  })

  test('keeps its time-to-live attribute', async () => {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' }
    await endpoint.client.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification }))
    const { TimeToLiveDescription } = await endpoint.client.send(new DescribeTimeToLiveCommand({ TableName: table }))
    expect(TimeToLiveDescription?.AttributeName).toBe('expires')
  })

  test('is not deleted while it is protected', async () => {
    const kept = await createTable(endpoint, ['pk'], { pk: 'S' })
    const protect = (DeletionProtectionEnabled: boolean) =>
      endpoint.client.send(new UpdateTableCommand({ TableName: kept, DeletionProtectionEnabled }))
    await protect(true)
    expect((await refusal(dropTable(endpoint, kept)))[0]).toBe('ValidationException')
    await protect(false)
    await dropTable(endpoint, kept)
    expect(await refusal(dropTable(endpoint, 'no-such-table'))).toEqual([
      'ResourceNotFoundException',
      'Requested resource not found: Table: no-such-table not found',
    ])
  })
})

describe('a table is refused', () => {
  const definition: CreateTableCommandInput = {
    TableName: 'refused',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    KeySchema: keySchema(['a']),
  }
  const index = { IndexName: 'by-b', KeySchema: keySchema(['b']), Projection: { ProjectionType: 'ALL' } } as const
  test.each<readonly [string, Partial<CreateTableCommandInput>, string]>([
    [
      'with too short a name',
      { TableName: 'ab' },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      'with an undefined key',
      { KeySchema: keySchema(['b']) },
      'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [a]',
    ],
    [
      'with one attribute for both keys',
      {
        KeySchema: keySchema(['a', 'a']),
        AttributeDefinitions: [
          { AttributeName: 'a', AttributeType: 'S' },
          { AttributeName: 'b', AttributeType: 'S' },
        ],
      },
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'without provisioned units',
      { BillingMode: 'PROVISIONED' },
      'One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    ],
    [
      'with a local index but no sort key',
      { LocalSecondaryIndexes: [index] },
      'One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    ],
    [
      'with two indexes of one name',
      {
        AttributeDefinitions: [
          { AttributeName: 'a', AttributeType: 'S' },
          { AttributeName: 'b', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [index, index],
      },
      'One or more parameter values were invalid: Duplicate index name: by-b',
    ],
  ])('%s', async (_, change, message) => {
    expect(await refusal(endpoint.client.send(new CreateTableCommand({ ...definition, ...change })))).toEqual([
      'ValidationException',
      message,
    ])
  })

  test('when there is one of its name', async () => {
    const again = endpoint.client.send(new CreateTableCommand({ ...definition, TableName: table }))
    expect((await refusal(again))[0]).toBe('ResourceInUseException')
  })

  test('by name when it is deleted twice', async () => {
    const once = await createTable(endpoint, ['pk'], { pk: 'S' })
    await dropTable(endpoint, once)
    await expect(endpoint.client.send(new DeleteTableCommand({ TableName: 'absent-table' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })
})
