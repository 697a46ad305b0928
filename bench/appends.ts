import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDynamoDb } from '../local/dynamodb/index.ts'
import { cpuOf, type Figure } from './figure.ts'

const APPENDS = 4_000
const TOGETHER = 100

/** Conditional puts that are on disk when they are answered, 100 at a time, as when many hosts report. */
export const appendFigures = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-bench-'))
  const dynamodb = openDynamoDb({ file: join(folder, 'dynamodb.sqlite'), now: Date.now })
  const key = (name: string) => ({ AttributeName: name, AttributeType: 'S' })
  await dynamodb.handle('DynamoDB_20120810.CreateTable', {
    TableName: 'ledger',
    AttributeDefinitions: [key('pk'), key('sk')],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })
  const append = (number: number) =>
    dynamodb.handle('DynamoDB_20120810.PutItem', {
      TableName: 'ledger',
      Item: { pk: { S: `change#${number % 50}` }, sk: { S: String(number).padStart(12, '0') }, events: { S: 'x'.repeat(400) } },
      ConditionExpression: 'attribute_not_exists(pk)',
    })
  const seconds = await cpuOf(async () => {
    for (let first = 0; first < APPENDS; first += TOGETHER) {
      const answers = await Promise.all(Array.from({ length: TOGETHER }, (_, index) => append(first + index)))
      const refused = answers.find(({ status }) => status !== 200)
      if (refused) throw new Error(`an append was refused: ${JSON.stringify(refused.body)}`)
    }
  })
  dynamodb.close()
  rmSync(folder, { recursive: true })
  return [
    {
      name: `durable conditional appends, ${TOGETHER} at a time`,
      value: APPENDS / seconds,
      unit: 'appends/CPU s',
      target: 5_000,
      wanted: 'at least',
    },
  ]
}
