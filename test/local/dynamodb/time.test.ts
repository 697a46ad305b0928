import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type DynamoDb, openDynamoDb } from '../../../local/dynamodb/index.ts'

/* What goes by the clock, with a clock of our own. */
const startMs = Date.UTC(2026, 0, 1)
let nowMs = startMs
let database: DynamoDb

beforeEach(async () => {
  nowMs = startMs
  database = openDynamoDb({ file: ':memory:', now: () => nowMs })
  await call('CreateTable', {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
})

afterEach(() => database.close())

const call = async (operation: string, body: object): Promise<unknown> =>
  (await database.handle(`DynamoDB_20120810.${operation}`, body)).body

const seconds = (offset: number) => ({ N: String(startMs / 1000 + offset) })
const put = (pk: string, more: object) => call('PutItem', { TableName: 'table', Item: { pk: { S: pk }, ...more } })
const remaining = () => call('Scan', { TableName: 'table', Select: 'COUNT' })
const expireBy = (AttributeName: string) =>
  call('UpdateTimeToLive', { TableName: 'table', TimeToLiveSpecification: { Enabled: true, AttributeName } })

describe('an item with a time to live', () => {
  test('goes when its time has come, whether it was there before the setting or not', async () => {
    await put('before', { expires: seconds(60) })
    await expireBy('expires')
    await put('after', { expires: seconds(60) })
    await put('later', { expires: seconds(3600) })
    expect(await remaining()).toMatchObject({ Count: 3 })
    nowMs += 61_000
    expect(await remaining()).toMatchObject({ Count: 1 })
  })

  test.each([
    ['a text', { expires: { S: '1' } }],
    ['a time more than five years past', { expires: seconds(-6 * 365 * 24 * 3600) }],
    ['no time', {}],
  ])('stays when the attribute is %s', async (_, item) => {
    await expireBy('expires')
    await put('item', item)
    nowMs += 3_600_000
    expect(await remaining()).toMatchObject({ Count: 1 })
  })

  test('stays when its time is put off', async () => {
    await expireBy('expires')
    await put('item', { expires: seconds(60) })
    await put('item', { expires: seconds(7200) })
    nowMs += 3_600_000
    expect(await remaining()).toMatchObject({ Count: 1 })
  })
})

describe('a client request token', () => {
  const increment = () =>
    call('TransactWriteItems', {
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Update: {
            TableName: 'table',
            Key: { pk: { S: 'n' } },
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    })

  test('stands for its request for ten minutes', async () => {
    await increment()
    nowMs += 10 * 60_000 - 1
    await increment()
    expect(await call('GetItem', { TableName: 'table', Key: { pk: { S: 'n' } } })).toMatchObject({ Item: { n: { N: '1' } } })
    nowMs += 1
    await increment()
    expect(await call('GetItem', { TableName: 'table', Key: { pk: { S: 'n' } } })).toMatchObject({ Item: { n: { N: '2' } } })
  })
})

describe('a request', () => {
  const type = async (target: string, body: unknown) => ({ ...Object((await database.handle(target, body)).body) }).__type

  test.each([
    ['DynamoDB_20120810.Nothing', {}, 'com.amazon.coral.service#UnknownOperationException'],
    ['DynamoDB_20120810.constructor', {}, 'com.amazon.coral.service#UnknownOperationException'],
    ['GetItem', {}, 'com.amazon.coral.service#UnknownOperationException'],
    ['DynamoDB_20120810.ExecuteStatement', { Statement: 'SELECT' }, 'com.amazon.coral.service#UnknownOperationException'],
    ['DynamoDB_20120810.GetItem', 'text', 'com.amazon.coral.service#SerializationException'],
    ['DynamoDB_20120810.GetItem', { TableName: 5 }, 'com.amazon.coral.service#SerializationException'],
    ['DynamoDB_20120810.GetItem', { TableName: 'table', Key: [] }, 'com.amazon.coral.service#SerializationException'],
    ['DynamoDB_20120810.GetItem', {}, 'com.amazon.coral.validate#ValidationException'],
  ])('to %s with %j is answered %s', async (target, body, expected) => {
    expect(await type(target, body)).toBe(expected)
  })

  test('may name an attribute __proto__ and get it back', async () => {
    const item = JSON.parse('{"pk":{"S":"odd"},"__proto__":{"S":"own"},"m":{"M":{"__proto__":{"N":"1"}}}}')
    await call('PutItem', { TableName: 'table', Item: item })
    await call('UpdateItem', {
      TableName: 'table',
      Key: { pk: { S: 'odd' } },
      UpdateExpression: 'SET #p = :v',
      ExpressionAttributeNames: { '#p': '__proto__' },
      ExpressionAttributeValues: { ':v': { S: 'new' } },
    })
    expect(JSON.stringify(await call('GetItem', { TableName: 'table', Key: { pk: { S: 'odd' } } }))).toBe(
      '{"Item":{"pk":{"S":"odd"},"__proto__":{"S":"new"},"m":{"M":{"__proto__":{"N":"1"}}}}}',
    )
  })
})
