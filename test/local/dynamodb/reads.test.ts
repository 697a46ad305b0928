import {
  type AttributeValue,
  BatchWriteItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTable, dropTable, type Endpoint, keySchema, openEndpoint, refusal } from './endpoint.ts'

let endpoint: Endpoint
let table: string

const numbers = ['-1e30', '-20', '-3', '-0.5', '0', '0.00001', '7', '10', '100', '1e30']
const plain = ['-1000000000000000000000000000000', '-20', '-3', '-0.5', '0', '0.00001', '7', '10', '100', '1000000000000000000000000000000']

beforeAll(async () => {
  endpoint = await openEndpoint()
  const keysOnly = { Projection: { ProjectionType: 'KEYS_ONLY' } } as const
  table = await createTable(
    endpoint,
    ['pk', 'sk'],
    { pk: 'S', sk: 'N', color: 'S', rank: 'N' },
    {
      global: [{ IndexName: 'by-color', KeySchema: keySchema(['color', 'rank']), ...keysOnly }],
      local: [{ IndexName: 'by-rank', KeySchema: keySchema(['pk', 'rank']), Projection: { ProjectionType: 'ALL' } }],
    },
  )
  const puts = numbers.map((N, at) => ({
    PutRequest: {
      Item: {
        pk: { S: 'a' },
        sk: { N },
        rank: { N: String(-at) },
        extra: { S: `x${at}` },
        ...(at % 2 === 0 ? { color: { S: 'red' } } : {}),
      },
    },
  }))
  await endpoint.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }))
})

afterAll(async () => {
  await dropTable(endpoint, table)
  await endpoint.close()
})

const query = (KeyConditionExpression: string, values: Record<string, AttributeValue>, more: Partial<QueryCommandInput> = {}) =>
  endpoint.client.send(new QueryCommand({ TableName: table, KeyConditionExpression, ExpressionAttributeValues: values, ...more }))

const scan = (more: Partial<ScanCommandInput> = {}) => endpoint.client.send(new ScanCommand({ TableName: table, ...more }))

const sortKeys = (items: Record<string, AttributeValue>[] | undefined) => items?.map(item => item.sk?.N)
const a = { ':a': { S: 'a' } }

describe('a query', () => {
  test('gives numbers in numeric order, upwards and downwards', async () => {
    expect(sortKeys((await query('pk = :a', a)).Items)).toEqual(plain)
    expect(sortKeys((await query('pk = :a', a, { ScanIndexForward: false })).Items)).toEqual(plain.toReversed())
  })

  test.each([
    ['sk = :x', plain.slice(6, 7)],
    ['sk < :x', plain.slice(0, 6)],
    ['sk <= :x', plain.slice(0, 7)],
    ['sk > :x', plain.slice(7)],
    ['sk >= :x', plain.slice(6)],
    [':x < sk', plain.slice(7)],
    ['sk BETWEEN :y AND :x', plain.slice(2, 7)],
  ])('by %s', async (condition, expected) => {
    const values = { ...a, ':x': { N: '7' }, ...(condition.includes(':y') ? { ':y': { N: '-3' } } : {}) }
    expect(sortKeys((await query(`pk = :a AND ${condition}`, values)).Items)).toEqual(expected)
  })

  test.each([true, false])('pages through everything once (forward: %s)', async ScanIndexForward => {
    const seen: (string | undefined)[] = []
    let start: Record<string, AttributeValue> | undefined
    do {
      const page = await query('pk = :a', a, { Limit: 3, ScanIndexForward, ...(start ? { ExclusiveStartKey: start } : {}) })
      seen.push(...(sortKeys(page.Items) ?? []))
      start = page.LastEvaluatedKey
    } while (start)
    expect(seen).toEqual(ScanIndexForward ? plain : plain.toReversed())
  })

  test('counts before the filter what it looked at, and stops at the limit even where the filter drops all', async () => {
    const page = await query('pk = :a', { ...a, ':e': { S: 'x9' } }, { Limit: 4, FilterExpression: 'extra = :e' })
    expect(page).toMatchObject({ Count: 0, ScannedCount: 4, LastEvaluatedKey: { pk: { S: 'a' }, sk: { N: '-0.5' } } })
  })

  test('of a global index finds the items that have its keys, in its order, with what it holds', async () => {
    const { Items } = await query('color = :c', { ':c': { S: 'red' } }, { IndexName: 'by-color' })
    expect(sortKeys(Items)).toEqual(['100', '7', '0', '-3', plain[0]])
    expect(Object.keys(Items?.[0] ?? {}).sort()).toEqual(['color', 'pk', 'rank', 'sk'])
  })

  test('of a local index finds by its sort key', async () => {
    const { Items } = await query(
      'pk = :a AND #r < :x',
      { ...a, ':x': { N: '-7' } },
      { IndexName: 'by-rank', ExpressionAttributeNames: { '#r': 'rank' } },
    )
    expect(sortKeys(Items)).toEqual([plain[9], '100'])
  })

  test('sees an index entry move when its item changes', async () => {
    const item = { pk: { S: 'moving' }, sk: { N: '1' }, rank: { N: '1' } }
    const inColor = async (color: string) => (await query('color = :c', { ':c': { S: color } }, { IndexName: 'by-color' })).Count
    await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { ...item, color: { S: 'blue' } } }))
    expect(await inColor('blue')).toBe(1)
    await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { ...item, color: { S: 'green' } } }))
    expect([await inColor('blue'), await inColor('green')]).toEqual([0, 1])
    await endpoint.client.send(new PutItemCommand({ TableName: table, Item: item }))
    expect(await inColor('green')).toBe(0)
  })

  test('counts without items when only the count is wanted', async () => {
    const { Count, ScannedCount, Items } = await query('pk = :a', a, { Select: 'COUNT' })
    expect({ Count, ScannedCount, Items }).toEqual({ Count: 10, ScannedCount: 10, Items: undefined })
  })

  test('reports what it consumed', async () => {
    const { ConsumedCapacity } = await query('pk = :a', a, { ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' })
    expect(ConsumedCapacity).toEqual({ TableName: table, CapacityUnits: 1 })
  })

  test.each([
    ['without the partition', 'sk = :a', {}, 'Query condition missed key schema element: pk'],
    ['for a range of partitions', 'pk > :a', {}, 'Query key condition not supported'],
    ['for two conditions on one key', 'pk = :a AND pk = :a', {}, 'KeyConditionExpressions must only contain one condition per key'],
    ['for OR', 'pk = :a OR sk = :a', {}, 'Invalid operator used in KeyConditionExpression: OR'],
    [
      'for a value of another type',
      'pk = :a AND sk = :a',
      {},
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    [
      'for a filter on a key',
      'pk = :a',
      { FilterExpression: 'sk <> :a' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    ['for an unknown index', 'pk = :a', { IndexName: 'nowhere' }, 'The table does not have the specified index: nowhere'],
    [
      'for a consistent read of a global index',
      'color = :a',
      { IndexName: 'by-color', ConsistentRead: true },
      'Consistent reads are not supported on global secondary indexes',
    ],
    [
      'for what a global index does not hold',
      'color = :a',
      { IndexName: 'by-color', ProjectionExpression: 'extra' },
      'One or more parameter values were invalid: Global secondary index by-color does not project [extra]',
    ],
    [
      'for a start key of another partition',
      'pk = :a',
      { ExclusiveStartKey: { pk: { S: 'b' }, sk: { N: '1' } } },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
  ] as const)('is refused %s', async (_, condition, more, message) => {
    expect(await refusal(query(condition, a, more))).toEqual(['ValidationException', message])
  })
})

describe('a scan', () => {
  test('gives every item once, and its segments share them out', async () => {
    const names = Array.from({ length: 24 }, (_, at) => `part ${at}`)
    const puts = names.map(S => ({ PutRequest: { Item: { pk: { S }, sk: { N: '0' } } } }))
    await endpoint.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }))
    const pages = await Promise.all([0, 1, 2, 3].map(Segment => scan({ Segment, TotalSegments: 4 })))
    const shares = pages.map(page => (page.Items ?? []).map(item => JSON.stringify([item.pk, item.sk])))
    const whole = ((await scan()).Items ?? []).map(item => JSON.stringify([item.pk, item.sk]))
    expect(shares.flat().sort()).toEqual(whole.toSorted())
    expect(new Set(whole).size).toBe(whole.length)
    expect(shares.filter(share => share.length > 0).length).toBeGreaterThan(1)
  })

  test('stops a page at 1 MB', async () => {
    const large = 'x'.repeat(300 * 1024)
    const partition = { S: 'large' }
    for (const N of ['1', '2', '3', '4', '5'])
      await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { pk: partition, sk: { N }, large: { S: large } } }))
    const page = await query('pk = :p', { ':p': partition })
    expect(page).toMatchObject({ Count: 4, LastEvaluatedKey: { pk: partition, sk: { N: '4' } } })
  })

  test('is refused for a segment past the last', async () => {
    expect(await refusal(scan({ Segment: 4, TotalSegments: 4 }))).toEqual([
      'ValidationException',
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not less than TotalSegments: 4',
    ])
  })
})
