import { answerOf, freeAt, KEPT_SECONDS, placed, recordKey, seconds } from './idempotency.ts'
import { itemOf, text } from './item.ts'
import type { AnswerToKeep, KeptAnswer, KeptAnswers } from './ports.ts'
import type { Expression, Table, Write } from './table.ts'

/** Free, or begun by somebody who never finished: what is kept whole overtakes that. */
const unansweredAt = (at: number): Expression => {
  const { text, names, values } = freeAt(at)
  return { text: `${text} OR #progress = :open`, names: { ...names, progress: 'progress' }, values: { ...values, open: 'open' } }
}

const doneWrite = async (table: Table, request: AnswerToKeep): Promise<Write> => {
  const { bodyHash, status, body, headers, at } = request
  const key = recordKey(request)
  const [name, place] = await placed(table, key, body, at)
  const answer = { answer: status, headers: JSON.stringify(headers), expiresAt: seconds(at) + KEPT_SECONDS, [name]: place }
  return { put: itemOf({ ...key, progress: 'done', worker: 'none', bodyHash, ...answer }), if: unansweredAt(at) }
}

/** What is to be written with a commit, and came from here: nothing else gets into its transaction. */
const writes = new WeakMap<KeptAnswer, Write>()

export const writeOf = (kept: KeptAnswer): Write => {
  const write = writes.get(kept)
  if (!write) throw new Error('an answer that goes with a commit is made by KeptAnswers')
  return write
}

/** The records of idempotency.ts, for what is one transaction as a whole. */
export const openKeptAnswers = (table: Table): KeptAnswers => ({
  alongside: async request => {
    const kept: KeptAnswer = { key: request.key }
    writes.set(kept, await doneWrite(table, request))
    return kept
  },
  keep: async request => {
    const outcome = await table.write(await doneWrite(table, request))
    const record = outcome.ok ? null : (outcome.old ?? (await table.get(recordKey(request))))
    if (record === null) return { state: 'kept' }
    return text(record, 'bodyHash') === request.bodyHash ? answerOf(table, record) : { state: 'other-body' }
  },
})
