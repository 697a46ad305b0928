import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTable, dropTable, type Endpoint, openEndpoint, refusal } from './endpoint.ts'

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

type Item = Record<string, AttributeValue>
type Row = readonly [law: string, before: Item, expression: string, values: Item, after: Item]

const n = (N: string): AttributeValue => ({ N })
const s = (S: string): AttributeValue => ({ S })
const l = (...L: AttributeValue[]): AttributeValue => ({ L })

let items = 0

const updated = async (before: Item, expression: string, values: Item, more: Partial<UpdateItemCommandInput> = {}) => {
  const pk = s(`item ${items++}`)
  await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { pk, ...before } }))
  const answer = await endpoint.client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk },
      UpdateExpression: expression,
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      ...more,
    }),
  )
  const read = await endpoint.client.send(new GetItemCommand({ TableName: table, Key: { pk }, ConsistentRead: true }))
  const { pk: _, ...item } = read.Item ?? {}
  return { item, attributes: answer.Attributes }
}

const rows: readonly Row[] = [
  ['SET adds exactly in decimals', { a: n('0.1') }, 'SET a = a + :b', { ':b': n('0.2') }, { a: n('0.3') }],
  [
    'SET subtracts 38 digits exactly',
    { a: n('99999999999999999999999999999999999999') },
    'SET a = a - :b',
    { ':b': n('1') },
    { a: n('99999999999999999999999999999999999998') },
  ],
  [
    'SET swaps, for operands are read before anything is written',
    { a: n('1'), b: n('2') },
    'SET a = b, b = a',
    {},
    { a: n('2'), b: n('1') },
  ],
  [
    'if_not_exists keeps what is there',
    { a: n('1') },
    'SET a = if_not_exists(a, :b), c = if_not_exists(c, :b)',
    { ':b': n('9') },
    { a: n('1'), c: n('9') },
  ],
  ['list_append keeps its order', { a: l(n('1')) }, 'SET a = list_append(:b, a)', { ':b': l(n('0')) }, { a: l(n('0'), n('1')) }],
  [
    'SET reaches into maps and lists',
    { a: { M: { b: l(n('1'), n('2')) } } },
    'SET a.b[1] = :v, a.c = :v',
    { ':v': s('x') },
    { a: { M: { b: l(n('1'), s('x')), c: s('x') } } },
  ],
  [
    'SET past the end of a list appends in the order of the indexes',
    { a: l(n('0')) },
    'SET a[9] = :y, a[5] = :x',
    { ':x': s('x'), ':y': s('y') },
    { a: l(n('0'), s('x'), s('y')) },
  ],
  [
    'REMOVE means the indexes of the old list',
    { a: l(n('0'), n('1'), n('2'), n('3')) },
    'REMOVE a[0], a[2], a[7]',
    {},
    { a: l(n('1'), n('3')) },
  ],
  ['REMOVE of what is absent changes nothing', { a: n('1') }, 'REMOVE b', {}, { a: n('1') }],
  ['ADD makes a number that is absent', {}, 'ADD a :v', { ':v': n('-5') }, { a: n('-5') }],
  ['ADD unites sets', { a: { SS: ['x'] } }, 'ADD a :v', { ':v': { SS: ['x', 'y'] } }, { a: { SS: ['x', 'y'] } }],
  ['DELETE takes from a set', { a: { NS: ['1', '2'] } }, 'DELETE a :v', { ':v': { NS: ['2.0', '3'] } }, { a: { NS: ['1'] } }],
  ['DELETE removes a set that it empties', { a: { SS: ['x'] } }, 'DELETE a :v', { ':v': { SS: ['x'] } }, {}],
  [
    'all four sections stand in one expression, in any case and order',
    { a: n('1'), b: n('1'), c: { SS: ['x', 'y'] } },
    'remove b Add a :one DELETE c :x set d = :one',
    { ':one': n('1'), ':x': { SS: ['x'] } },
    { a: n('2'), c: { SS: ['y'] }, d: n('1') },
  ],
]

describe('an update', () => {
  test.each(rows)('%s', async (_, before, expression, values, after) => {
    expect((await updated(before, expression, values)).item).toEqual(after)
  })

  test.each([
    ['UPDATED_NEW', { a: n('2'), m: { M: { x: n('2') } } }],
    ['UPDATED_OLD', { a: n('1'), m: { M: { x: n('1') } } }],
  ] as const)('returns with %s only what it touched', async (ReturnValues, expected) => {
    const before = { a: n('1'), m: { M: { x: n('1'), y: n('1') } }, z: n('1') }
    expect((await updated(before, 'SET a = :v, m.x = :v', { ':v': n('2') }, { ReturnValues })).attributes).toEqual(expected)
  })

  test('makes the item when there is none, unless all it does is to remove', async () => {
    const outcome = async (Key: Item, UpdateExpression?: string) =>
      (await endpoint.client.send(new UpdateItemCommand({ TableName: table, Key, UpdateExpression, ReturnValues: 'ALL_NEW' }))).Attributes
    expect(await outcome({ pk: s('made by nothing') })).toEqual({ pk: s('made by nothing') })
    expect(await outcome({ pk: s('not made') }, 'REMOVE a')).toBeUndefined()
    const read = new GetItemCommand({ TableName: table, Key: { pk: s('not made') } })
    expect((await endpoint.client.send(read)).Item).toBeUndefined()
  })
})

describe('an update is refused', () => {
  const refusals: readonly (readonly [string, Item, string, Item, string])[] = [
    [
      'for a path without a parent',
      {},
      'SET a.b = :v',
      { ':v': n('1') },
      'The document path provided in the update expression is invalid for update',
    ],
    [
      'for an operand that is absent',
      {},
      'SET a = b',
      {},
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    [
      'for a sum of other things than numbers',
      { a: s('x') },
      'SET a = a + :v',
      { ':v': n('1') },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'for overlapping paths',
      {},
      'SET a = :v, a.b = :v',
      { ':v': n('1') },
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    ],
    [
      'for a section given twice',
      {},
      'SET a = :v SET b = :v',
      { ':v': n('1') },
      'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
    ],
    [
      'for a reserved word',
      {},
      'SET name = :v',
      { ':v': n('1') },
      'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name',
    ],
    [
      'for a function of conditions',
      {},
      'SET a = size(b)',
      {},
      'Invalid UpdateExpression: The function is not allowed in an update expression; function: size',
    ],
    [
      'for ADD of a text',
      {},
      'ADD a :v',
      { ':v': s('x') },
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
    ],
    [
      'for a key attribute',
      {},
      'SET pk = :v',
      { ':v': s('x') },
      'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
    ],
    [
      'for a value that nothing uses',
      {},
      'REMOVE a',
      { ':v': s('x') },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
    ],
    [
      'for bad syntax, quoting the place',
      {},
      'SET a == :v',
      { ':v': s('x') },
      'Invalid UpdateExpression: Syntax error; token: "=", near: "== :v"',
    ],
  ]

  test.each(refusals)('%s', async (_, before, expression, values, message) => {
    expect(await refusal(updated(before, expression, values))).toEqual(['ValidationException', message])
  })

  test('as a whole: nothing of it is written', async () => {
    const pk = s('untouched')
    await endpoint.client.send(new PutItemCommand({ TableName: table, Item: { pk, a: n('1') } }))
    const update = { TableName: table, Key: { pk }, UpdateExpression: 'SET a = :v, b.c = :v', ExpressionAttributeValues: { ':v': n('2') } }
    await refusal(endpoint.client.send(new UpdateItemCommand(update)))
    expect((await endpoint.client.send(new GetItemCommand({ TableName: table, Key: { pk } }))).Item).toEqual({ pk, a: n('1') })
  })
})
