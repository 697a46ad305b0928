// Writes to a database until it is killed, many writers at once; prints each write after it was acknowledged.
import { writeSync } from 'node:fs'
import { openDynamoDb } from '../../../local/dynamodb/index.ts'

const [file = ''] = process.argv.slice(2)
const database = openDynamoDb({ file, now: Date.now })

const call = async (operation: string, body: object): Promise<void> => {
  const answer = await database.handle(`DynamoDB_20120810.${operation}`, body)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
}

/** Each write is a transaction of two items, so that half of one would show. */
const writeOn = async (writer: number): Promise<never> => {
  for (let at = 0; ; at++) {
    const item = (half: string) => ({ Put: { TableName: 'log', Item: { pk: { S: `${writer}-${half}` }, sk: { N: String(at) } } } })
    await call('TransactWriteItems', { TransactItems: [item('left'), item('right')] })
    writeSync(1, `${writer} ${at}\n`)
  }
}

await call('CreateTable', {
  TableName: 'log',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
})
await Promise.all([0, 1, 2, 3].map(writeOn))
