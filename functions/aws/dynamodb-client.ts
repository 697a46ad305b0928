import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { type Service, send, textOf } from './send.ts'

/*
 * What the bundles carry in place of the SDK's own client class (infra's lean plugin puts it there; in the source tree and in tests the
 * SDK's is used). Commands, their types and their errors stay the SDK's; this is the way over the wire: DynamoDB's JSON protocol.
 * Why: the SDK's client is 150 KB of 300, and 30 ms of 60 when it is loaded, for endpoints, regions, retries and credentials of
 * every kind, of which a Lambda function needs one.
 */

type Members = Readonly<Record<string, unknown>>
/** As the SDK's commands are: an input, and the operation's schema, whose third member is its name. */
type Command = { readonly input: unknown; readonly schema?: unknown }

const ATTEMPTS_MAX = 8
const PASSING: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
])

const operationOf = ({ schema }: Command): string => {
  const name: unknown = Array.isArray(schema) ? schema[2] : undefined
  if (typeof name !== 'string') throw new Error('the command has no schema that names its operation')
  return name
}

const hasBytes = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return value instanceof Uint8Array || Object.values(value).some(hasBytes)
}

/** Binary members travel as base64. */
const toWire = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]))
}

/** A text under `B` can only be a binary attribute: an attribute called B has an object there. */
const fromWire = (name: string, value: unknown): unknown => {
  if (name === 'B' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'))
  if (name === 'BS' && Array.isArray(value)) return value.map(text => new Uint8Array(Buffer.from(String(text), 'base64')))
  return value
}

/** A reviver is called for every member of a document, which few of ours need. */
const HOLDS_BYTES = /"BS?"\s*:/

const parse = (text: string): Members => {
  const value: unknown = text === '' ? {} : JSON.parse(text, HOLDS_BYTES.test(text) ? fromWire : undefined)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const nameOf = (answer: Members): string =>
  String(answer['__type'] ?? '')
    .split('#')
    .at(-1) || 'UnknownError'

/** The SDK's error classes, as far as the store tells them apart; every other error is known by its name. */
const errorOf = (answer: Members, status: number): Error => {
  const name = nameOf(answer)
  const message = String(answer['message'] ?? answer['Message'] ?? `status ${status}`)
  const options = { ...answer, message, $metadata: { httpStatusCode: status } }
  if (name === 'ConditionalCheckFailedException') return new ConditionalCheckFailedException(options)
  if (name === 'TransactionCanceledException') return new TransactionCanceledException(options)
  return Object.assign(new Error(message), { name })
}

/** A transaction whose answer got lost is sent again under the same token, so that it is not taken for another one. */
const inputOf = (operation: string, command: Command): unknown =>
  operation === 'TransactWriteItems' ? { ClientRequestToken: randomUUID(), ...Object(command.input) } : command.input

export class DynamoDBClient {
  readonly #service: Service

  constructor() {
    const region = process.env['AWS_REGION'] ?? ''
    this.#service = {
      service: 'dynamodb',
      region,
      endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB'] || process.env['AWS_ENDPOINT_URL'] || `https://dynamodb.${region}.amazonaws.com`,
      credentials: () => ({
        accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
        sessionToken: process.env['AWS_SESSION_TOKEN'],
      }),
      now: () => Date.now(),
    }
  }

  async send(command: Command): Promise<Members> {
    const operation = operationOf(command)
    const input = inputOf(operation, command)
    const body = JSON.stringify(hasBytes(input) ? toWire(input) : input)
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` }
    for (let tried = 1; ; tried += 1) {
      const { status, body: text } = await send(this.#service, { method: 'POST', path: '/', headers, body }, textOf)
      const answer = parse(text)
      if (status < 300) return answer
      if (tried >= ATTEMPTS_MAX || !PASSING.has(nameOf(answer))) throw errorOf(answer, status)
      await setTimeout(Math.random() * Math.min(1_000, 25 * 2 ** tried))
    }
  }
}
