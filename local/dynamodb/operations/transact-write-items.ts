import { hash } from 'node:crypto'
import { fault, invalid } from '../fault.ts'
import type { Storage } from '../storage/storage.ts'
import { attributeOf } from '../values/attribute-value.ts'
import { checkedMap } from '../values/check-value.ts'
import { transactWriteItemsRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import type { ValueOf } from '../wire/shape.ts'
import { consumedByTable, readUnits, type Spent, spentOnWrite } from './capacity.ts'
import { type Operation, tableNamed } from './context.ts'
import { checkItemSize, type Done, type ItemWrite, type Outcome, outcomeOf, store, targetOf } from './item-write.ts'
import { boundExpressions, checkParameters, type Expressive } from './request-expressions.ts'
import { cancelled, none, type Reason, reasonOf } from './transaction-cancelled.ts'

const tokenLifeMs = 10 * 60 * 1000
const bytesMax = 4 * 1024 * 1024

type Request = ValueOf<typeof transactWriteItemsRequest>
type Action = Request['TransactItems'][number]

const common = (action: Expressive & { TableName: string; ReturnValuesOnConditionCheckFailure?: string | undefined }, updates: boolean) => {
  const expressions = updates ? (['UpdateExpression', 'ConditionExpression'] as const) : (['ConditionExpression'] as const)
  checkParameters(action, { expressions, others: [] })
  const { condition, update = [] } = boundExpressions(action)
  return { condition, update, showOnFailure: action.ReturnValuesOnConditionCheckFailure === 'ALL_OLD', table: action.TableName }
}

/** What an action does, its expressions checked. */
const writeOf = ({ ConditionCheck, Put, Delete, Update }: Action): ItemWrite => {
  const given = [ConditionCheck, Put, Delete, Update].filter(action => action !== undefined)
  if (given.length !== 1) throw invalid('TransactItems can only contain one of Check, Put, Update or Delete')
  if (Put) {
    const item = checkedMap(Put.Item)
    const { update: _, ...rest } = common(Put, false)
    return { type: 'put', item, ...rest }
  }
  if (Update) {
    const key = checkedMap(Update.Key)
    const { update, ...rest } = common(Update, true)
    return { type: 'update', key, actions: update, ...rest }
  }
  const action = Delete ?? ConditionCheck
  if (!action) throw invalid('TransactItems can only contain one of Check, Put, Update or Delete')
  const key = checkedMap(action.Key)
  const { update: _, ...rest } = common(action, false)
  return { type: Delete ? 'delete' : 'check', key, ...rest }
}

type Attempt = { readonly outcome: Outcome; readonly reason: Reason } | { readonly outcome?: undefined; readonly reason: Reason }

const attempted = (storage: Storage, write: ItemWrite): Attempt => {
  try {
    if (write.type === 'put') checkItemSize(write.item)
    return { outcome: outcomeOf(write, targetOf(storage, write)), reason: none }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

/** Two actions on one item are refused before any of them is tried. Actions whose key is no key are left to be tried. */
const refuseDoubles = (storage: Storage, writes: readonly ItemWrite[]): void => {
  const places = new Set<string>()
  for (const write of writes) {
    const place = placeOf(storage, write)
    if (place !== undefined && places.has(place)) throw invalid('Transaction request cannot include multiple operations on one item')
    if (place !== undefined) places.add(place)
  }
}

const placeOf = (storage: Storage, write: ItemWrite): string | undefined => {
  const table = tableNamed(storage, write.table)
  const from = write.type === 'put' ? write.item : write.key
  const names = [table.keys.partition.name, ...(table.keys.sort ? [table.keys.sort.name] : [])]
  const values = names.map(name => attributeOf(from, name))
  return values.every(value => value !== undefined) ? JSON.stringify([table.id, ...values]) : undefined
}

const sizeOf = ({ before, after }: Outcome, size: number): number => (after ? size : (before?.size ?? 0))

/** A check writes nothing and is paid like a write. */
const carriedOut = (storage: Storage, write: ItemWrite, outcome: Outcome): Done =>
  write.type === 'check'
    ? { ...outcome, written: { size: outcome.before?.size ?? 0, entriesChanged: [], indexesHeld: [] } }
    : store(storage, outcome)

const transact = (storage: Storage, writes: readonly ItemWrite[]): readonly Done[] => {
  refuseDoubles(storage, writes)
  const attempts = writes.map(write => attempted(storage, write))
  if (attempts.some(({ reason }) => reason !== none)) throw cancelled(attempts.map(({ reason }) => reason))
  const done = attempts.flatMap(({ outcome }, at) => {
    const write = writes[at]
    return outcome && write ? [carriedOut(storage, write, outcome)] : []
  })
  const bytes = done.reduce((sum, one) => sum + sizeOf(one, one.written.size), 0)
  if (bytes > bytesMax) throw invalid('Collection size of the transaction exceeded 4MB limit')
  return done
}

type Replay = 'fresh' | 'repeated'

/** Tokens whose time is over. */
export const forgetTokens = (storage: Storage, nowMs: number): void =>
  storage.run('DELETE FROM token WHERE at_ms <= ?', nowMs - tokenLifeMs)

/** A token stands for its request for ten minutes: the same request again is answered without doing it again. */
const claimToken = (storage: Storage, token: string | undefined, fingerprint: string, nowMs: number): Replay => {
  if (token === undefined) return 'fresh'
  const known = storage.row('SELECT fingerprint FROM token WHERE token = ? AND at_ms > ?', token, nowMs - tokenLifeMs)
  if (!known) {
    storage.run('INSERT OR REPLACE INTO token (token, fingerprint, at_ms) VALUES (?, ?, ?)', token, fingerprint, nowMs)
    return 'fresh'
  }
  if (known.fingerprint === fingerprint) return 'repeated'
  throw fault(
    'IdempotentParameterMismatchException',
    'ClientRequestToken is invalid because it was already used for a different set of request parameters.',
  )
}

const repeatedUnits = (storage: Storage, writes: readonly ItemWrite[]): readonly Spent[] =>
  writes.map(write => {
    const { table, before } = targetOf(storage, write)
    return { table, units: 2 * readUnits(before?.size ?? 0, true) }
  })

export const transactWriteItems: Operation = ({ storage, queue, now }, body) => {
  const request = readRequest(transactWriteItemsRequest, body)
  const writes = request.TransactItems.map(writeOf)
  const wanted = request.ReturnConsumedCapacity
  const fingerprint = hash('sha256', JSON.stringify(request.TransactItems))
  return queue.submit(() => {
    for (const write of writes) tableNamed(storage, write.table)
    if (claimToken(storage, request.ClientRequestToken, fingerprint, now()) === 'repeated')
      return consumedByTable(repeatedUnits(storage, writes), wanted, 'Read')
    const done = transact(storage, writes)
    return consumedByTable(
      done.map(one => spentOnWrite(one, 2)),
      wanted,
      'Write',
    )
  })
}
