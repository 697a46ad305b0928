import { chain, type End } from '../history/index.ts'
import { notBefore } from './append-change.ts'
import { itemOf, text, whole } from './item.ts'
import { commitItem, endItem, headKey } from './ledger-items.ts'
import { announceWrites } from './outbox.ts'
import { ATTEMPTS_MAX, type Pause } from './pause.ts'
import type { Ledger } from './ports.ts'
import { type Expression, IS_NEW, type Table } from './table.ts'

export type RecordRequest = Parameters<Ledger['record']>[0]

const FLEET_STREAM = 'fleet#'
/** Positions of the writes below. */
const MARK = 2

const unchanged = (end: End | null): Expression => (end === null ? IS_NEW : { text: 'lastHash = :hash', values: { hash: end.hash } })

const endOf = async (table: Table, stream: string): Promise<{ end: End | null; at: string | undefined }> => {
  const item = await table.get(headKey(stream))
  if (item === null) return { end: null, at: undefined }
  return { end: { sequence: whole(item, 'version'), hash: text(item, 'lastHash') }, at: text(item, 'lastAt') }
}

/**
 * Appends one event to a stream where nothing is decided, so a lost race is simply run again. The commit's id leaves a mark in
 * the stream: recording it twice records it once.
 */
export const recordCommit = async (table: Table, request: RecordRequest, pause: Pause): Promise<void> => {
  const { stream, event, actor, at, commitId, decision } = request
  for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
    const { end, at: last } = await endOf(table, stream)
    const commit = chain(end, { stream, id: commitId, at: notBefore(at, last), actor, events: [event], policies: decision.policies })
    const outcome = await table.transact([
      { put: commitItem(commit, stream.startsWith(FLEET_STREAM) ? stream.slice(FLEET_STREAM.length) : null), if: IS_NEW },
      { put: endItem(commit), if: unchanged(end) },
      { put: itemOf({ pk: stream, sk: `id#${commitId}` }), if: IS_NEW },
      ...announceWrites(commit),
    ])
    if (outcome.ok || outcome.failed.has(MARK)) return
    await pause(tried)
  }
  throw new Error(`stream ${stream} moved ${ATTEMPTS_MAX} times while one commit was recorded`)
}
