import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { gathered } from './gathered.ts'
import { type Item, itemOf, type Key, keyText, type Value } from './item.ts'
import { ATTEMPTS_MAX, type Pause } from './pause.ts'

/** An expression with what its `#names` and `:values` stand for; all names are given without the sigil. */
export type Expression = {
  readonly text: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, Value>>
}

export type Write =
  | { readonly put: Item; readonly if?: Expression }
  | { readonly update: Key; readonly to: Expression; readonly if?: Expression }
  | { readonly remove: Key; readonly if?: Expression }
  /** Changes nothing; only in a transaction. */
  | { readonly check: Key; readonly if: Expression }

/** `old`: the item that failed the condition, null where there was none. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly old: Item | null }
/** `failed`: conditions that did not hold, by the position of the write. */
export type Transacted = { readonly ok: true } | { readonly ok: false; readonly failed: ReadonlyMap<number, Item | null> }

export type Query = {
  readonly index?: string | undefined
  readonly key: Expression
  readonly filter?: Expression | undefined
  readonly forward: boolean
  readonly limit?: number | undefined
  readonly start?: Item | undefined
}

/** Bounds of the service: items of one transaction, keys of one batch read. */
export const TRANSACTION_ITEMS_MAX = 100
const BATCH_KEYS_MAX = 100

const sigils = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}${name}`, value]))

/** The members of a request that carry names and values; left out where empty, as the service wants it. */
const bindings = (...expressions: readonly (Expression | undefined)[]) => {
  const names = Object.assign({}, ...expressions.map(expression => sigils('#', expression?.names ?? {})))
  const values = Object.assign({}, ...expressions.map(expression => sigils(':', itemOf(expression?.values ?? {}))))
  return {
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
  }
}

const conditionOf = (condition: Expression | undefined) => (condition ? { ConditionExpression: condition.text } : {})
const KEEP_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const

/** One action of a transaction; also the members of the same write alone. */
const requestOf = (name: string, write: Write) => {
  const common = { TableName: name, ...conditionOf(write.if), ...KEEP_OLD }
  if ('put' in write) return { Put: { ...common, Item: write.put, ...bindings(write.if) } } as const
  if ('check' in write)
    return { ConditionCheck: { ...common, ConditionExpression: write.if.text, Key: itemOf(write.check), ...bindings(write.if) } } as const
  if ('remove' in write) return { Delete: { ...common, Key: itemOf(write.remove), ...bindings(write.if) } } as const
  return { Update: { ...common, Key: itemOf(write.update), UpdateExpression: write.to.text, ...bindings(write.if, write.to) } } as const
}

/** Reasons for which a transaction is worth another attempt: somebody else was there, or there was too much at once. */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

const failedConditions = (error: TransactionCanceledException): ReadonlyMap<number, Item | null> =>
  new Map(
    (error.CancellationReasons ?? []).flatMap((reason, index) =>
      reason.Code === 'ConditionalCheckFailed' ? [[index, reason.Item ?? null] as const] : [],
    ),
  )

const isPassing = (error: TransactionCanceledException): boolean =>
  (error.CancellationReasons ?? []).every(({ Code }) => Code === undefined || Code === 'None' || PASSING.has(Code))

/**
 * One table, spoken to in items. There is no scan here, and there will be none. Failed conditions are values; conflicts of
 * transactions and throttling are tried again after a pause; everything else rises as the client throws it.
 */
export const openTable = (client: DynamoDBClient, name: string, pause: Pause) => {
  const send = (write: Write) => {
    const request = requestOf(name, write)
    if ('Put' in request) return client.send(new PutItemCommand(request.Put))
    if ('ConditionCheck' in request) throw new Error('a condition is checked within a transaction')
    if ('Delete' in request) return client.send(new DeleteItemCommand(request.Delete))
    return client.send(new UpdateItemCommand(request.Update))
  }

  const write = async (one: Write): Promise<Written> => {
    try {
      await send(one)
      return { ok: true }
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { ok: false, old: error.Item ?? null }
      throw error
    }
  }

  const attempt = async (items: TransactWriteItem[]): Promise<Transacted | TransactionCanceledException> => {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: items }))
      return { ok: true }
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error
      const failed = failedConditions(error)
      if (failed.size > 0) return { ok: false, failed }
      if (isPassing(error)) return error
      throw error
    }
  }

  /** All or nothing; at most 100 writes, each to another item. */
  const transact = async (writes: readonly Write[]): Promise<Transacted> => {
    const items = writes.map(one => requestOf(name, one))
    for (let tried = 0; ; tried += 1) {
      const outcome = await attempt(items)
      if (!(outcome instanceof TransactionCanceledException)) return outcome
      if (tried + 1 >= ATTEMPTS_MAX) throw outcome
      await pause(tried)
    }
  }

  const batchOf = async (keys: readonly Key[]): Promise<Item[]> => {
    const found: Item[] = []
    let wanted: Item[] = keys.map(key => itemOf(key))
    for (let tried = 0; wanted.length > 0; tried += 1) {
      if (tried >= ATTEMPTS_MAX) throw new Error(`table ${name} left ${wanted.length} keys of a batch unread ${tried} times`)
      if (tried > 0) await pause(tried)
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: wanted, ConsistentRead: true } } }))
      found.push(...(answer.Responses?.[name] ?? []))
      wanted = answer.UnprocessedKeys?.[name]?.Keys ?? []
    }
    return found
  }

  /** Strongly consistent, in no order; missing ones are left out. Keys may repeat. */
  const getMany = async (keys: readonly Key[]): Promise<Item[]> => {
    const distinct = [...new Map(keys.map(key => [keyText(key), key])).values()]
    const batches = Array.from({ length: Math.ceil(distinct.length / BATCH_KEYS_MAX) }, (_, index) =>
      distinct.slice(index * BATCH_KEYS_MAX, (index + 1) * BATCH_KEYS_MAX),
    )
    const found: Item[] = []
    for (const batch of batches) found.push(...(await batchOf(batch)))
    return found
  }

  const getOne = async (key: Key): Promise<Item | null> => {
    const answer = await client.send(new GetItemCommand({ TableName: name, Key: itemOf(key), ConsistentRead: true }))
    return answer.Item ?? null
  }

  /** Strongly consistent. What is asked for in one turn goes as one request. */
  const get = gathered(getOne, getMany)

  /** One round of a query; strongly consistent unless it reads an index, which cannot be. */
  const query = async ({ index, key, filter, forward, limit, start }: Query): Promise<{ items: Item[]; last: Item | undefined }> => {
    const answer = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: key.text,
        ScanIndexForward: forward,
        ConsistentRead: index === undefined,
        ...(index === undefined ? {} : { IndexName: index }),
        ...(filter ? { FilterExpression: filter.text } : {}),
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(start ? { ExclusiveStartKey: start } : {}),
        ...bindings(key, filter),
      }),
    )
    return { items: answer.Items ?? [], last: answer.LastEvaluatedKey }
  }

  /** Every item of a partition, for those that are known to be small; strictly after a sort key, if one is given. */
  const partition = async (pk: string, after?: string): Promise<Item[]> => {
    const key = after === undefined ? { text: 'pk = :pk', values: { pk } } : { text: 'pk = :pk AND sk > :after', values: { pk, after } }
    const found: Item[] = []
    let start: Item | undefined
    do {
      const round = await query({ key, forward: true, start })
      found.push(...round.items)
      start = round.last
    } while (start)
    return found
  }

  return { name, get, getMany, write, transact, query, partition }
}

export type Table = ReturnType<typeof openTable>

/** The condition of something that is written once. */
export const IS_NEW: Expression = { text: 'attribute_not_exists(pk)' }
