import { Fault, faultBody, unknownOperation, unreadable } from './fault.ts'
import type { Context, Operation } from './operations/context.ts'
import { operations } from './operations/operations.ts'
import { sweepExpired } from './operations/time-to-live.ts'
import { forgetTokens } from './operations/transact-write-items.ts'
import { CommitQueue } from './storage/commit-queue.ts'
import { Storage } from './storage/storage.ts'

export { type DynamoDbEndpoint, serveDynamoDb } from './http-endpoint.ts'

export type DynamoDbOptions = {
  /** An SQLite file, made when missing, or ':memory:'. One process at a time. */
  readonly file: string
  /** Milliseconds since the epoch; expiry, tokens and creation times go by it. */
  readonly now: () => number
  readonly region?: string
  readonly account?: string
}

export type DynamoDbAnswer = { readonly status: number; readonly body: unknown }

export type DynamoDb = {
  /**
   * Carries out one operation. `target` is the X-Amz-Target header ('DynamoDB_20120810.PutItem'), `body` the parsed JSON.
   * Never rejects: faults are answers. A write is on disk when its answer comes; writes that arrive together share one commit.
   */
  readonly handle: (target: string, body: unknown) => Promise<DynamoDbAnswer>
  /** Whether there is such an operation. */
  readonly supports: (target: string) => boolean
  /** Finishes what was submitted and closes the file. */
  readonly close: () => void
}

const targetPattern = /^DynamoDB_20120810\.(\w+)$/
const sweepIntervalMs = 1000

const operationOf = (target: string): Operation | undefined => {
  const name = targetPattern.exec(target)?.[1] ?? ''
  return Object.hasOwn(operations, name) ? operations[name] : undefined
}

const answerTo = async (context: Context, target: string, body: unknown): Promise<DynamoDbAnswer> => {
  const operation = operationOf(target)
  if (!operation) throw unknownOperation()
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw unreadable('Start of structure or map found where not expected')
  return { status: 200, body: await operation(context, body) }
}

const failed = (error: unknown): DynamoDbAnswer => {
  if (error instanceof Fault) return { status: error.status, body: faultBody(error) }
  const message = error instanceof Error ? error.message : String(error)
  return { status: 500, body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message } }
}

/**
 * DynamoDB's API over one SQLite file. What it does not support it refuses: streams, PartiQL, backups, replicas, imports.
 */
export const openDynamoDb = ({ file, now, region = 'us-east-1', account = '123456789012' }: DynamoDbOptions): DynamoDb => {
  const storage = new Storage(file)
  const queue = new CommitQueue(storage)
  const context: Context = { storage, queue, now, region, account }
  let sweptAtMs = Number.NEGATIVE_INFINITY
  const isSweepDue = () => {
    const nowMs = now()
    if (nowMs - sweptAtMs < sweepIntervalMs) return false
    sweptAtMs = nowMs
    return true
  }
  const sweep = () => {
    sweepExpired(storage, now())
    forgetTokens(storage, now())
  }
  return {
    handle: async (target, body) => {
      try {
        if (isSweepDue()) await queue.submit(sweep)
        return await answerTo(context, target, body)
      } catch (error) {
        return failed(error)
      }
    },
    supports: target => operationOf(target) !== undefined,
    close: () => {
      queue.close()
      storage.close()
    },
  }
}
