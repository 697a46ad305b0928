import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type LocalSecondaryIndex,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { openDynamoDb, serveDynamoDb } from '../../../local/dynamodb/index.ts'

/*
 * The conformance tests speak to a DynamoDB endpoint through the ordinary SDK client: to a local server of their own, or,
 * with CONFORMANCE_ENDPOINT=http://…, to any other (a region and credentials from the environment then apply).
 */
export type Endpoint = { readonly client: DynamoDBClient; readonly close: () => Promise<void> }

export const openEndpoint = async (): Promise<Endpoint> => {
  const given = process.env.CONFORMANCE_ENDPOINT
  if (given !== undefined) {
    const client = new DynamoDBClient({ endpoint: given })
    return { client, close: async () => client.destroy() }
  }
  const database = openDynamoDb({ file: ':memory:', now: Date.now })
  const served = await serveDynamoDb(database, 0)
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint: served.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  const close = async () => {
    client.destroy()
    await served.close()
    database.close()
  }
  return { client, close }
}

let tables = 0

/** Key attributes by name: `{ pk: 'S', sk: 'N' }`, the partition first. */
export type KeyTypes = Readonly<Record<string, 'S' | 'N' | 'B'>>

export const keySchema = (keys: readonly string[]) =>
  keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? ('HASH' as const) : ('RANGE' as const) }))

/** Creates a table of a new name and waits for it. `attributes` beyond the first two belong to indexes. */
export const createTable = async (
  { client }: Endpoint,
  keys: readonly string[],
  attributes: KeyTypes,
  indexes: { global?: GlobalSecondaryIndex[]; local?: LocalSecondaryIndex[] } = {},
): Promise<string> => {
  const TableName = `conformance-${process.pid}-${Date.now()}-${tables++}`
  const input: CreateTableCommandInput = {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(keys),
    AttributeDefinitions: Object.entries(attributes).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    ...(indexes.global ? { GlobalSecondaryIndexes: indexes.global } : {}),
    ...(indexes.local ? { LocalSecondaryIndexes: indexes.local } : {}),
  }
  await client.send(new CreateTableCommand(input))
  await waitUntilTableExists({ client, maxWaitTime: 120, minDelay: 1, maxDelay: 5 }, { TableName })
  return TableName
}

export const dropTable = async ({ client }: Endpoint, TableName: string): Promise<void> => {
  await client.send(new DeleteTableCommand({ TableName }))
}

/** What a call was refused with: `[name, message]`. A call that succeeds fails the test that expected a refusal. */
export const refusal = async (call: Promise<unknown>): Promise<readonly [string, string]> => {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return [error.name, error.message]
    throw error
  }
  throw new Error('the call was not refused')
}
