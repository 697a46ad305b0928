import { type AttributeValue, BatchGetItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTable, dropTable, type Endpoint, openEndpoint, refusal } from './endpoint.ts'

let endpoint: Endpoint
let table: string

beforeAll(async () => {
  endpoint = await openEndpoint()
  table = await createTable(endpoint, ['pk', 'sk'], { pk: 'S', sk: 'B' })
})

afterAll(async () => {
  await dropTable(endpoint, table)
  await endpoint.close()
})

const key = { pk: { S: 'p' }, sk: { B: Uint8Array.of(0, 255) } }
const put = (Item: Record<string, AttributeValue>) => endpoint.client.send(new PutItemCommand({ TableName: table, Item }))
const read = async (ProjectionExpression?: string) => {
  const get = new GetItemCommand({ TableName: table, Key: key, ...(ProjectionExpression ? { ProjectionExpression } : {}) })
  return (await endpoint.client.send(get)).Item
}

const nested = (depth: number): AttributeValue => (depth === 0 ? { S: 'deep' } : { L: [nested(depth - 1)] })

describe('an item', () => {
  test('comes back as it was put, of every type and with every name', async () => {
    const item: Record<string, AttributeValue> = {
      ...key,
      empty: { S: '' },
      'ünïcode ☃ 𝒳': { S: '\u0000 ☃ 𝒳' },
      constructor: { N: '1' },
      bytes: { B: Uint8Array.of(1, 2, 3) },
      flags: { L: [{ BOOL: false }, { NULL: true }] },
      sets: { M: { s: { SS: ['b', 'a'] }, n: { NS: ['1', '2'] }, b: { BS: [Uint8Array.of(1)] } } },
      none: { M: {} },
    }
    await put(item)
    expect(JSON.stringify(Object.entries((await read()) ?? {}).sort())).toEqual(JSON.stringify(Object.entries(item).sort()))
  })

  test.each([
    ['1e2', '100'],
    ['-0', '0'],
    ['00012.3400', '12.34'],
    ['1E-5', '0.00001'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ])('keeps the number %s as %s', async (given, kept) => {
    await put({ ...key, n: { N: given } })
    expect((await read())?.n).toEqual({ N: kept })
  })

  test.each([
    ['a.b, l[0], l[2]', { a: { M: { b: { S: 'x' } } }, l: { L: [{ N: '0' }, { N: '2' }] } }],
    ['l[9], zz', {}],
  ])('is projected to %s', async (expression, expected) => {
    await put({ ...key, a: { M: { b: { S: 'x' }, c: { S: 'y' } } }, l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] } })
    expect(await read(expression)).toEqual(expected)
  })

  test('may be 400 KB large, to the byte', async () => {
    const rest = 'pk'.length + 1 + 'sk'.length + 2 + 'large'.length
    const item = (bytes: number) => ({ ...key, large: { S: 'x'.repeat(bytes - rest) } })
    await put(item(400 * 1024))
    expect(await refusal(put(item(400 * 1024 + 1)))).toEqual(['ValidationException', 'Item size has exceeded the maximum allowed size'])
  })

  test('may be nested 32 levels deep', async () => {
    await put({ ...key, deep: nested(32) })
    expect(await refusal(put({ ...key, deep: nested(33) }))).toEqual([
      'ValidationException',
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    ])
  })

  test('is given back by the delete that asks for it', async () => {
    await put({ ...key, a: { N: '1' } })
    const remove = () => endpoint.client.send(new DeleteItemCommand({ TableName: table, Key: key, ReturnValues: 'ALL_OLD' }))
    expect([(await remove()).Attributes?.a, (await remove()).Attributes]).toEqual([{ N: '1' }, undefined])
  })

  test('is among those that a batch reads', async () => {
    await put({ ...key, a: { N: '1' } })
    const other = { pk: { S: 'p' }, sk: { B: Uint8Array.of(9) } }
    const answer = await endpoint.client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [other, key] } } }))
    expect([answer.Responses?.[table]?.length, answer.UnprocessedKeys]).toEqual([1, {}])
  })
})

describe('an item is refused', () => {
  const invalid = 'One or more parameter values were invalid: '
  test.each([
    ['without its key', { pk: { S: 'p' } }, `${invalid}Missing the key sk in the item`],
    ['with a key of another type', { ...key, sk: { S: 'x' } }, `${invalid}Type mismatch for key sk expected: B actual: S`],
    [
      'with an empty key',
      { ...key, pk: { S: '' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [
      'with a partition key over 2048 bytes',
      { ...key, pk: { S: 'é'.repeat(1025) } },
      `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
    ],
    [
      'with a sort key over 1024 bytes',
      { ...key, sk: { B: new Uint8Array(1025) } },
      `${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`,
    ],
    ['with an empty set', { ...key, a: { SS: [] } }, `${invalid}An string set  may not be empty`],
    ['with a set that repeats itself', { ...key, a: { NS: ['1', '1.0'] } }, 'Input collection contains duplicates'],
    ['with 39 digits', { ...key, a: { N: '1'.repeat(39) } }, 'Attempting to store more than 38 significant digits in a Number'],
    [
      'with a number too large',
      { ...key, a: { N: '1e126' } },
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    ],
    [
      'with a number too small',
      { ...key, a: { N: '1e-131' } },
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    ],
    ['with a number that is none', { ...key, a: { N: 'ten' } }, 'The parameter cannot be converted to a numeric value: ten'],
    ['with NULL false', { ...key, a: { NULL: false as true } }, `${invalid}Null attribute value types must have the value of true`],
  ] as const)('%s', async (_, item, message) => {
    expect(await refusal(put(item as unknown as Record<string, AttributeValue>))).toEqual(['ValidationException', message])
  })

  test('in a table that is not there', async () => {
    const elsewhere = endpoint.client.send(new PutItemCommand({ TableName: 'nowhere', Item: key }))
    expect(await refusal(elsewhere)).toEqual(['ResourceNotFoundException', 'Requested resource not found'])
  })
})
