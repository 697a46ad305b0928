import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTable, dropTable, type Endpoint, openEndpoint, refusal } from './endpoint.ts'

let endpoint: Endpoint
let table: string
let items = 0

beforeAll(async () => {
  endpoint = await openEndpoint()
  table = await createTable(endpoint, ['pk'], { pk: 'S' })
})

afterAll(async () => {
  await dropTable(endpoint, table)
  await endpoint.close()
})

const freshKey = () => ({ pk: { S: `item ${items++}` } })
const write = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  endpoint.client.send(new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken ? { ClientRequestToken } : {}) }))
const read = async (Key: Record<string, AttributeValue>) => (await endpoint.client.send(new GetItemCommand({ TableName: table, Key }))).Item
const put = (Item: Record<string, AttributeValue>, ConditionExpression?: string): TransactWriteItem => ({
  Put: { TableName: table, Item, ...(ConditionExpression ? { ConditionExpression, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}) },
})
const increment = (Key: Record<string, AttributeValue>): TransactWriteItem => ({
  Update: { TableName: table, Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } },
})

describe('a transaction', () => {
  test('puts, updates, deletes and checks together', async () => {
    const [made, changed, gone, checked] = [freshKey(), freshKey(), freshKey(), freshKey()]
    await write([put(gone), put(checked), put({ ...changed, n: { N: '1' } })])
    await write([
      put(made),
      increment(changed),
      { Delete: { TableName: table, Key: gone } },
      { ConditionCheck: { TableName: table, Key: checked, ConditionExpression: 'attribute_exists(pk)' } },
    ])
    expect([await read(made), await read(changed), await read(gone)]).toEqual([made, { ...changed, n: { N: '2' } }, undefined])
  })

  test('does nothing when one condition fails, and gives the reasons in the order of its actions', async () => {
    const [first, taken, third] = [freshKey(), freshKey(), freshKey()]
    await write([put({ ...taken, by: { S: 'me' } })])
    const failed = write([put(first), put(taken, 'attribute_not_exists(pk)'), put(third)])
    await expect(failed).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, None]',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { by: { S: 'me' } } },
        { Code: 'None' },
      ],
    })
    expect([await read(first), await read(third)]).toEqual([undefined, undefined])
  })

  test('names what is wrong with one action as its reason', async () => {
    const key = freshKey()
    await write([put({ ...key, n: { S: 'text' } })])
    await expect(write([increment(key)])).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' }],
    })
  })

  test('is done once for one token', async () => {
    const key = freshKey()
    await write([increment(key)], `token ${key.pk.S}`)
    await write([increment(key)], `token ${key.pk.S}`)
    expect(await read(key)).toEqual({ ...key, n: { N: '1' } })
  })

  test('may not differ under one token', async () => {
    const key = freshKey()
    await write([increment(key)], `token ${key.pk.S}`)
    expect((await refusal(write([put(key)], `token ${key.pk.S}`)))[0]).toBe('IdempotentParameterMismatchException')
  })

  test('may try again under its token after it was cancelled', async () => {
    const key = freshKey()
    const attempt = () =>
      write(
        [put(key), { ConditionCheck: { TableName: table, Key: { pk: { S: 'gate' } }, ConditionExpression: 'attribute_exists(pk)' } }],
        `token ${key.pk.S}`,
      )
    expect((await refusal(attempt()))[0]).toBe('TransactionCanceledException')
    await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'gate' } } }))
    await attempt()
    expect(await read(key)).toEqual(key)
  })

  test('is refused for two actions on one item', async () => {
    const key = freshKey()
    expect(await refusal(write([put(key), increment(key)]))).toEqual([
      'ValidationException',
      'Transaction request cannot include multiple operations on one item',
    ])
  })

  test('reads items in their order, and nothing in the place of an absent one', async () => {
    const [there, absent] = [freshKey(), freshKey()]
    await write([put({ ...there, a: { N: '1' }, b: { N: '2' } })])
    const gets = [absent, there].map(Key => ({ Get: { TableName: table, Key, ProjectionExpression: 'b' } }))
    expect((await endpoint.client.send(new TransactGetItemsCommand({ TransactItems: gets }))).Responses).toEqual([
      {},
      { Item: { b: { N: '2' } } },
    ])
  })
})
