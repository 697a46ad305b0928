import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { digestOf, sha256 } from '../canonical/index.ts'
import { readBlob, writeBlob } from './blob.ts'
import { CorruptItem, type Item, itemOf, type Key, text, whole } from './item.ts'
import type { Idempotency } from './ports.ts'
import type { Expression, Table } from './table.ts'

/*
 * One record a key and scope:   (none) → open → done → (expired)
 *
 *   open  somebody works on it. Whoever comes within 30 s is told so; after that the first worker is taken for dead and the next
 *         one goes on, with the first one's id and time, so that what was half done is done again and not done twice.
 *   done  the answer is kept and repeated. A worker that was taken for dead and finishes late changes nothing.
 *
 * What one transaction does as a whole goes from none to done by it (kept-answers.ts): there is no half of it that could be left open.
 *
 * Bodies up to 8 KB of text stand in the record; longer ones beside it, gzip, in as many chunks as they need (blob.ts).
 */

const OPEN_MS_MAX = 30_000
export const KEPT_SECONDS = 86_400
const INLINE_LENGTH_MAX = 8_192

type Begin = Parameters<Idempotency['begin']>[0]
type Begun = Awaited<ReturnType<Idempotency['begin']>>
type Finish = Parameters<Idempotency['finish']>[0]

export const recordKey = ({ scope, key }: { scope: string; key: string }): Key => ({ pk: `idem#${digestOf([scope, key])}`, sk: 'idem' })
/** Named by its content, so that two late workers never mix one's body with the other's status. */
const bodySortKey = (body: string): string => `body#${sha256(body).slice(0, 16)}`
export const seconds = (at: number): number => Math.floor(at / 1000)

const Headers = z.record(z.string(), z.string())

/** Expired records linger until the service gets round to them; for us they are gone. */
export const freeAt = (at: number): Expression => ({
  text: 'attribute_not_exists(pk) OR #expiresAt <= :now',
  names: { expiresAt: 'expiresAt' },
  values: { now: seconds(at) },
})

const openRecord = ({ scope, key, bodyHash, at, id }: Begin, worker: string): Item =>
  itemOf({ ...recordKey({ scope, key }), progress: 'open', bodyHash, id, at, since: at, worker, expiresAt: seconds(at) + KEPT_SECONDS })

const bodyOf = async (table: Table, record: Item): Promise<string> => {
  const inline = record['body']?.S
  if (inline !== undefined) return inline
  const first = await table.get({ pk: text(record, 'pk'), sk: text(record, 'bodyKey') })
  if (first === null) throw new CorruptItem(`${text(record, 'pk')} is done without a body`)
  return readBlob(table, first)
}

export const answerOf = async (table: Table, record: Item): Promise<Extract<Begun, { state: 'done' }>> => ({
  state: 'done',
  status: whole(record, 'answer'),
  body: await bodyOf(table, record),
  headers: Headers.parse(JSON.parse(text(record, 'headers'))),
})

const takenFrom = (worker: string): Expression => ({
  text: '#progress = :open AND #worker = :dead',
  names: { progress: 'progress', worker: 'worker' },
  values: { open: 'open', dead: worker },
})

/** Goes on where a worker died; of several that try, one does. */
const takeOver = async (table: Table, request: Begin, record: Item, worker: string): Promise<Begun> => {
  const outcome = await table.write({
    update: recordKey(request),
    to: {
      text: 'SET #since = :since, #worker = :worker',
      names: { since: 'since', worker: 'worker' },
      values: { since: request.at, worker },
    },
    if: takenFrom(text(record, 'worker')),
  })
  const isOurs = outcome.ok || (outcome.old !== null && text(outcome.old, 'worker') === worker)
  return isOurs ? { state: 'fresh', id: text(record, 'id'), at: whole(record, 'at') } : { state: 'in-progress' }
}

const begin = async (table: Table, request: Begin): Promise<Begun> => {
  const worker = randomUUID()
  const outcome = await table.write({ put: openRecord(request, worker), if: freeAt(request.at) })
  const record = outcome.ok ? null : (outcome.old ?? (await table.get(recordKey(request))))
  if (outcome.ok || (record !== null && text(record, 'worker') === worker)) return { state: 'fresh', id: request.id, at: request.at }
  if (record === null) return { state: 'in-progress' }
  if (text(record, 'bodyHash') !== request.bodyHash) return { state: 'other-body' }
  if (text(record, 'progress') === 'done') return answerOf(table, record)
  if (request.at - whole(record, 'since') < OPEN_MS_MAX) return { state: 'in-progress' }
  return takeOver(table, request, record, worker)
}

/** Where a body stands, written first where that is beside the record. Chunks outlive the record that names them. */
export const placed = async (table: Table, { pk }: Key, body: string, at: number): Promise<readonly ['body' | 'bodyKey', string]> => {
  if (body.length <= INLINE_LENGTH_MAX) return ['body', body]
  const sk = bodySortKey(body)
  await writeBlob(table, { pk, sk }, body, seconds(at) + 2 * KEPT_SECONDS)
  return ['bodyKey', sk]
}

const finish = async (table: Table, request: Finish): Promise<void> => {
  const { status, body, headers, at } = request
  const key = recordKey(request)
  const [name, place] = await placed(table, key, body, at)
  await table.write({
    update: key,
    to: {
      text: 'SET #progress = :done, #answer = :answer, #headers = :headers, #expiresAt = :expiresAt, #place = :place',
      names: { answer: 'answer', headers: 'headers', expiresAt: 'expiresAt', place: name },
      values: { done: 'done', answer: status, headers: JSON.stringify(headers), expiresAt: seconds(at) + KEPT_SECONDS, place },
    },
    if: { text: '#progress = :open', names: { progress: 'progress' }, values: { open: 'open' } },
  })
}

/** Answers by person and Idempotency-Key, for 24 h. `at` in epoch milliseconds. */
export const openIdempotency = (table: Table): Idempotency => ({
  begin: request => begin(table, request),
  finish: request => finish(table, request),
})
