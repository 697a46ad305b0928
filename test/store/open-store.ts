import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from '@jest/globals'
import { openDynamoDb } from '../../local/dynamodb/index.ts'
import {
  createNoticeStore,
  createPolicyStore,
  createStore,
  type NoticeStore,
  type PolicyStore,
  type Store,
  TABLES,
  type TableName,
} from '../../shared/store/index.ts'

/*
 * One contract, any endpoint: the local one of this repository, or the one that CONFORMANCE_ENDPOINT names
 * (with credentials and region from the environment, as the client takes them).
 */

/** Names that this run uses; nothing else in an account is touched. */
const NAMES = Object.keys(TABLES) as TableName[]

const serveLocal = async (): Promise<{ endpoint: string; close: () => Promise<void> }> => {
  const database = openDynamoDb({ file: ':memory:', now: Date.now })
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const target = String(request.headers['x-amz-target'] ?? '')
    const answer = await database.handle(target, JSON.parse(Buffer.concat(chunks).toString('utf8')))
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      database.close()
    },
  }
}

/** What a test lets happen to a request: nothing, lose its answer, refuse it for now, let it meet another transaction, or end the process before it. */
export type Mishap = 'answer-lost' | 'throttled' | 'contended' | 'killed' | undefined

export type Wire = {
  /** Operations sent, in order: `Query`, `TransactWriteItems`, … */
  readonly sent: string[]
  /** The same requests with what they asked. */
  readonly requests: { readonly operation: string; readonly input: Record<string, unknown> }[]
  /** Asked before each request. */
  mishap: (operation: string) => Mishap
}

const failure = (name: string) => Object.assign(new Error(`${name} (made by the test)`), { name, $fault: 'server' as const, $metadata: {} })

/** As the service cancels a transaction on whose items another one is just working. */
const contention = () =>
  new TransactionCanceledException({
    message: 'Transaction cancelled (made by the test)',
    $metadata: {},
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  })

const watch = (client: DynamoDBClient): Wire => {
  const wire: Wire = { sent: [], requests: [], mishap: () => undefined }
  client.middlewareStack.add(
    (next, context) => async args => {
      const operation = String(context['commandName']).replace(/Command$/, '')
      wire.sent.push(operation)
      wire.requests.push({ operation, input: { ...args.input } })
      const mishap = wire.mishap(operation)
      if (mishap === 'throttled') throw failure('ThrottlingException')
      if (mishap === 'contended') throw contention()
      if (mishap === 'killed') throw new Error('the process ended here (made by the test)')
      const answer = await next(args)
      if (mishap === 'answer-lost') throw failure('TimeoutError')
      return answer
    },
    { step: 'finalizeRequest', priority: 'low', name: 'mishaps' },
  )
  return wire
}

const clientTo = (endpoint: string): DynamoDBClient =>
  process.env['CONFORMANCE_ENDPOINT'] === undefined
    ? new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 5 })
    : new DynamoDBClient({ endpoint, maxAttempts: 5 })

const createTable = async (client: DynamoDBClient, name: TableName, physical: string): Promise<void> => {
  const { partitionKey, sortKey, indexes } = TABLES[name]
  const attributes = new Set([partitionKey, sortKey, ...indexes.flatMap(index => [index.partitionKey, index.sortKey])])
  const schemaOf = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ]
  await client.send(
    new CreateTableCommand({
      TableName: physical,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map(attribute => ({ AttributeName: attribute, AttributeType: 'S' as const })),
      KeySchema: schemaOf(partitionKey, sortKey),
      ...(indexes.length === 0
        ? {}
        : {
            GlobalSecondaryIndexes: indexes.map(index => ({
              IndexName: index.name,
              KeySchema: schemaOf(index.partitionKey, index.sortKey),
              Projection: { ProjectionType: 'ALL' as const },
            })),
          }),
    }),
  )
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: physical }))
    if (Table?.TableStatus === 'ACTIVE') return
  }
}

export type Opened = {
  store: Store
  notices: NoticeStore
  policies: PolicyStore
  client: DynamoDBClient
  tables: Readonly<Record<TableName, string>>
  wire: Wire
  again: () => Store
}

/** A store of its own for the test file that calls this, on fresh tables; taken away at its end. */
export const openStore = (): Opened => {
  const prefix = `supersede-test-${process.pid}-${Math.random().toString(36).slice(2)}`
  const tables = Object.fromEntries(NAMES.map(name => [name, `${prefix}-${name}`])) as Record<TableName, string>
  const opened = { tables } as Opened
  let close = async (): Promise<void> => undefined
  beforeAll(async () => {
    const foreign = process.env['CONFORMANCE_ENDPOINT']
    const local = foreign === undefined ? await serveLocal() : { endpoint: foreign, close: async () => undefined }
    const client = clientTo(local.endpoint)
    for (const name of NAMES) await createTable(client, name, tables[name])
    const again = () => createStore({ client, tables })
    const options = { client, tables }
    Object.assign(opened, {
      store: createStore(options),
      notices: createNoticeStore(options),
      policies: createPolicyStore(options),
      client,
      wire: watch(client),
      again,
    })
    close = async () => {
      if (foreign !== undefined) for (const name of NAMES) await client.send(new DeleteTableCommand({ TableName: tables[name] }))
      client.destroy()
      await local.close()
    }
  })
  afterAll(async () => close())
  return opened
}
