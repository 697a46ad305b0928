// `npm run local:dynamodb -- --port N [--data FILE]`: DynamoDB's API on 127.0.0.1, for programs and conformance suites.
import { Command, InvalidArgumentError } from 'commander'
import { openDynamoDb, serveDynamoDb } from './index.ts'

const portOf = (text: string): number => {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

const serve = async ({ port, data }: { port: number; data: string }): Promise<void> => {
  const database = openDynamoDb({ file: data, now: Date.now })
  const endpoint = await serveDynamoDb(database, port)
  process.stdout.write(`DynamoDB on ${endpoint.url} (${data === ':memory:' ? 'in memory' : data}); Ctrl-C stops it.\n`)
  const stop = async () => {
    await endpoint.close()
    database.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

const command = new Command('local:dynamodb')
  .description("DynamoDB's API on 127.0.0.1, kept in one SQLite file. Any credentials will do.")
  .option('--port <number>', 'port to listen on; 0 takes a free one', portOf, 8000)
  .option('--data <file>', 'SQLite file, made when missing', ':memory:')

command.parse()
serve(command.opts()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
