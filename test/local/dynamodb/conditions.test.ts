import { type AttributeValue, PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTable, dropTable, type Endpoint, openEndpoint, refusal } from './endpoint.ts'

let endpoint: Endpoint
let table: string

const item: Record<string, AttributeValue> = {
  pk: { S: 'item' },
  note: { S: 'hello' },
  num: { N: '10' },
  bin: { B: Buffer.from('abc') },
  yes: { BOOL: true },
  nil: { NULL: true },
  tags: { SS: ['a', 'b'] },
  elems: { L: [{ N: '1' }, { S: 'two' }] },
  doc: { M: { part: { N: '5' } } },
}

beforeAll(async () => {
  endpoint = await openEndpoint()
  table = await createTable(endpoint, ['pk'], { pk: 'S' })
  await endpoint.client.send(new PutItemCommand({ TableName: table, Item: item }))
})

afterAll(async () => {
  await dropTable(endpoint, table)
  await endpoint.close()
})

const put = (ConditionExpression: string, values: Record<string, AttributeValue> = {}, more: Partial<PutItemCommandInput> = {}) =>
  endpoint.client.send(
    new PutItemCommand({
      TableName: table,
      Item: item,
      ConditionExpression,
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      ...more,
    }),
  )

const holds = async (condition: string, values: Record<string, AttributeValue>): Promise<boolean> => {
  try {
    await put(condition, values)
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
    throw error
  }
}

const ten = { ':v': { N: '10.00' } }
const two = { ':a': { N: '9' }, ':b': { N: '11' } }

type Row = readonly [condition: string, values: Record<string, AttributeValue>, expected: boolean]

describe('of an item, a condition', () => {
  test.each<Row>([
    ['num = :v', ten, true],
    ['num <> :v', ten, false],
    ['absent <> :v', ten, true],
    ['absent = :v', ten, false],
    ['num > :v', { ':v': { N: '9.999' } }, true],
    ['num < :v', { ':v': { S: '99' } }, false],
    ['num BETWEEN :a AND :b', two, true],
    ['num IN (:a, :b)', two, false],
    ['NOT num IN (:a, :b)', two, true],
    ['attribute_exists(doc.part) AND attribute_not_exists(doc.rest)', {}, true],
    ['attribute_type(nil, :v)', { ':v': { S: 'NULL' } }, true],
    ['begins_with(note, :v)', { ':v': { S: 'hel' } }, true],
    ['contains(tags, :v)', { ':v': { S: 'b' } }, true],
    ['contains(elems, :v)', { ':v': { S: 'two' } }, true],
    ['contains(note, :v)', { ':v': { S: 'ell' } }, true],
    ['size(tags) = :v', { ':v': { N: '2' } }, true],
    ['size(bin) >= :v', { ':v': { N: '4' } }, false],
    ['elems[1] = :v', { ':v': { S: 'two' } }, true],
    ['elems[7] = :v', { ':v': { S: 'two' } }, false],
    ['tags = :v', { ':v': { SS: ['b', 'a'] } }, true],
    ['doc = :v', { ':v': { M: { part: { N: '5.0' } } } }, true],
    ['num = :a OR num = :b AND num = :a', two, false],
    ['attribute_exists(pk) OR num = :a AND num = :b', two, true],
    ['(attribute_exists(pk) OR num = :a) AND num = :b', two, false],
    ['NOT (num = :a) AND NOT num = :b', two, true],
    ['not attribute_exists(pk) or yes = :v', { ':v': { BOOL: true } }, true],
  ])('%s', async (condition, values, expected) => {
    expect(await holds(condition, values)).toBe(expected)
  })
})

describe('a condition is refused', () => {
  test.each([
    ['', {}, 'Invalid ConditionExpression: The expression can not be empty;'],
    ['((num = :v))', ten, 'Invalid ConditionExpression: The expression has redundant parentheses;'],
    ['num = :w', ten, 'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :w'],
    [
      '#n = :v',
      ten,
      'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #n',
    ],
    ['size(num)', {}, 'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size'],
    ['length(num) = :v', ten, 'Invalid ConditionExpression: Invalid function name; function: length'],
    [
      'attribute_exists(num, pk)',
      {},
      'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    [
      'num BETWEEN :b AND :a',
      two,
      'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:11}, upper bound operand: AttributeValue: {N:9}',
    ],
    [
      'num = num',
      {},
      'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [num]',
    ],
    ['status = :v', ten, 'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status'],
    ['num = ', {}, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "= "'],
    ['pk.x = :v', ten, "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"],
  ] as const)('%s', async (condition, values, message) => {
    expect(await refusal(put(condition, { ...values }))).toEqual(['ValidationException', message])
  })

  test('with the item that failed it, when that is asked for', async () => {
    const failed = put('attribute_not_exists(pk)', {}, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
    await expect(failed).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: { num: { N: '10' } } })
  })
})
