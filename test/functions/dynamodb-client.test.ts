import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoDBClient } from '../../functions/aws/dynamodb-client.ts'
import { openStore } from '../store/open-store.ts'

const opened = openStore()
const variables = ['AWS_REGION', 'AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
const before = variables.map(name => [name, process.env[name]] as const)
let lean: DynamoDBClient

beforeAll(async () => {
  const endpoint = await opened.client.config.endpoint?.()
  const url = endpoint && `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}`
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  lean = new DynamoDBClient()
})
afterAll(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

const table = () => opened.tables.ledger
const item = (sk: string) => ({
  pk: { S: 'p' },
  sk: { S: sk },
  n: { N: '1' },
  b: { B: new Uint8Array([1, 2, 255]) },
  B: { M: { B: { S: 'x' } } },
})
const put = (sk: string) =>
  new PutItemCommand({
    TableName: table(),
    Item: item(sk),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })

/** Both clients against the same endpoint: what the SDK's own answers (without its metadata) is what ours has to answer. */
const same = async (make: () => { readonly input: unknown; readonly schema?: unknown }, sdk: Promise<object>) => {
  const { $metadata: _, ...expected } = { $metadata: null, ...(await sdk) }
  expect(await lean.send(make())).toEqual(expected)
}

describe('the client of the bundles answers as the SDK’s own', () => {
  test('writes and reads items, binary values and attributes called B among them', async () => {
    await lean.send(put('a'))
    const get = () => new GetItemCommand({ TableName: table(), Key: { pk: { S: 'p' }, sk: { S: 'a' } }, ConsistentRead: true })
    await same(get, opened.client.send(get()))
    expect((await lean.send(get()))['Item']).toEqual(item('a'))
  })

  test('queries and reads batches', async () => {
    await lean.send(put('b'))
    const query = () =>
      new QueryCommand({ TableName: table(), KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'p' } }, Limit: 1 })
    await same(query, opened.client.send(query()))
    const batch = () => new BatchGetItemCommand({ RequestItems: { [table()]: { Keys: [{ pk: { S: 'p' }, sk: { S: 'b' } }] } } })
    await same(batch, opened.client.send(batch()))
  })

  test('updates and deletes', async () => {
    const update = () =>
      new UpdateItemCommand({
        TableName: table(),
        Key: { pk: { S: 'p' }, sk: { S: 'b' } },
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': { N: '7' } },
        ReturnValues: 'ALL_NEW',
      })
    await same(update, opened.client.send(update()))
    expect(await lean.send(new DeleteItemCommand({ TableName: table(), Key: { pk: { S: 'p' }, sk: { S: 'b' } } }))).toEqual({})
  })

  test('throws the SDK’s error where a condition fails, with the item that was there', async () => {
    const error = await lean.send(put('a')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConditionalCheckFailedException)
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', Item: item('a') })
  })

  test('throws the SDK’s error where a transaction is cancelled, with its reasons in order', async () => {
    const { input } = put('a')
    const Put = {
      TableName: table(),
      Item: { ...item('a') },
      ConditionExpression: input.ConditionExpression,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const
    const command = new TransactWriteItemsCommand({ TransactItems: [{ Put: { ...Put, Item: item('c') } }, { Put }] })
    const error = await lean.send(command).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TransactionCanceledException)
    expect(error).toMatchObject({ CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: item('a') }] })
  })

  test('carries out a transaction', async () => {
    const put = { Put: { TableName: table(), Item: item('d') } }
    expect(await lean.send(new TransactWriteItemsCommand({ TransactItems: [put] }))).toEqual({})
  })

  test('names every other refusal', async () => {
    const query = new QueryCommand({ TableName: table(), KeyConditionExpression: 'nonsense' })
    await expect(lean.send(query)).rejects.toMatchObject({ name: 'ValidationException' })
  })
})
