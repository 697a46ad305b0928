import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type DynamoDb, openDynamoDb } from '../../../local/dynamodb/index.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynamodb-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

const ask = async (database: DynamoDb, operation: string, body: object): Promise<Record<string, unknown>> => {
  const answer = await database.handle(`DynamoDB_20120810.${operation}`, body)
  expect(answer).toMatchObject({ status: 200 })
  return { ...Object(answer.body) }
}

/** Runs the writer until it has acknowledged so many writes, then kills it as it is; resolves to what it acknowledged. */
const acknowledgedUntilKilled = async (file: string, count: number): Promise<string[]> => {
  const writer = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'writer.ts'), file])
  let printed = ''
  writer.stdout.on('data', chunk => {
    printed += chunk
    if (printed.split('\n').length > count) writer.kill('SIGKILL')
  })
  let complaint = ''
  writer.stderr.on('data', chunk => {
    complaint += chunk
  })
  await once(writer, 'close')
  if (complaint !== '') throw new Error(complaint)
  return printed.split('\n').slice(0, -1)
}

const sortKeysOf = async (database: DynamoDb, pk: string): Promise<number[]> => {
  const query = { TableName: 'log', KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: pk } } }
  const { Items } = await ask(database, 'Query', query)
  return Array.isArray(Items) ? Items.map(item => Number(item.sk.N)) : []
}

describe('a killed process', () => {
  test.each([1, 20, 150])('has lost no write that it acknowledged, and left none half done (killed after %i)', async count => {
    const file = join(folder, `killed-${count}.sqlite`)
    const acknowledged = await acknowledgedUntilKilled(file, count)
    expect(acknowledged.length).toBeGreaterThanOrEqual(count)
    const database = openDynamoDb({ file, now: Date.now })
    for (const writer of ['0', '1', '2', '3']) {
      const [left, right] = [await sortKeysOf(database, `${writer}-left`), await sortKeysOf(database, `${writer}-right`)]
      const promised = acknowledged.filter(line => line.startsWith(`${writer} `)).length
      expect(left).toEqual(right)
      expect(left).toEqual(left.map((_, at) => at))
      expect(left.length).toBeGreaterThanOrEqual(promised)
    }
    database.close()
  })
})

const open = async (name: string): Promise<{ database: DynamoDb; logBytes: () => number }> => {
  const file = join(folder, name)
  const database = openDynamoDb({ file, now: Date.now })
  await ask(database, 'CreateTable', {
    TableName: 'log',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  return { database, logBytes: () => statSync(`${file}-wal`).size }
}

const put = (database: DynamoDb, pk: string, more: object = {}) =>
  database.handle('DynamoDB_20120810.PutItem', { TableName: 'log', Item: { pk: { S: pk } }, ...more })

describe('writes that arrive together', () => {
  test('share one commit: what they write to the log is a fifth of what they write one by one at most', async () => {
    const keys = Array.from({ length: 100 }, (_, at) => `item ${at}`)
    const together = await open('together.sqlite')
    await Promise.all(keys.map(key => put(together.database, key)))
    const alone = await open('alone.sqlite')
    for (const key of keys) await put(alone.database, key)
    expect(together.logBytes() * 5).toBeLessThan(alone.logBytes())
    together.database.close()
    alone.database.close()
  })

  test('are judged one after the other: of many that must be first, one is', async () => {
    const { database } = await open('first.sqlite')
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => put(database, 'contested', condition)))
    expect(answers.filter(({ status }) => status === 200).length).toBe(1)
    database.close()
  })

  test('are carried out before the file is closed', async () => {
    const { database } = await open('closed.sqlite')
    const pending = put(database, 'last')
    database.close()
    expect((await pending).status).toBe(200)
    const again = openDynamoDb({ file: join(folder, 'closed.sqlite'), now: Date.now })
    expect(await ask(again, 'GetItem', { TableName: 'log', Key: { pk: { S: 'last' } } })).toEqual({ Item: { pk: { S: 'last' } } })
    again.close()
  })
})
