import { afterReviewOf, type Change, replay } from '../change/index.ts'
import { type Commit, chain } from '../history/index.ts'
import { type ChangeStreams, loadedFrom } from './change-streams.ts'
import { stillInForce } from './edition-items.ts'
import { type Item, itemOf, text } from './item.ts'
import { writeOf } from './kept-answers.ts'
import {
  changeStream,
  commitItem,
  commitKey,
  headItem,
  holdsLock,
  lockKey,
  openReviewItem,
  openReviewKey,
  readChangeCommit,
} from './ledger-items.ts'
import { announceWrites } from './outbox.ts'
import { ATTEMPTS_MAX, type Pause } from './pause.ts'
import type { Ledger, Loaded } from './ports.ts'
import { type Expression, IS_NEW, type Table, type Write } from './table.ts'

export type AppendRequest = Parameters<Ledger['appendChange']>[0]
export type Appended = Awaited<ReturnType<Ledger['appendChange']>>

/** Time never runs backwards within a stream, whatever two machines' clocks say. */
export const notBefore = (at: number, previous: string | undefined): string => {
  const now = new Date(at).toISOString()
  return previous !== undefined && previous > now ? previous : now
}

const unchanged = (before: Loaded | null): Expression =>
  before === null
    ? IS_NEW
    : { text: 'version = :version AND lastHash = :hash', values: { version: before.version, hash: before.lastHash ?? '' } }

/** The lock's own condition: free, or held by this very change. */
const ownLock = (change: string): Expression => ({
  text: 'attribute_not_exists(pk) OR #change = :change',
  names: { change: 'change' },
  values: { change },
})

/** A change takes its fleet's lock as it begins and gives it back as it ends. */
const lockWrites = (before: Change | null, after: Change): Write[] => {
  const condition = ownLock(after.id)
  if (!holdsLock(before) && holdsLock(after)) return [{ put: itemOf({ ...lockKey(after.fleet), change: after.id }), if: condition }]
  if (holdsLock(before) && !holdsLock(after)) return [{ remove: lockKey(after.fleet), if: condition }]
  return []
}

/** What lets hosts act, or binds to policies, is decided under those that hold at that very moment, or decided again. */
const MOVING: readonly string[] = ['judged', 'released', 'wave-opened']
const policyWrites = ({ events, decision, moves = decision }: AppendRequest): Write[] =>
  events.some(({ type }) => MOVING.includes(type)) ? [stillInForce(moves.edition)] : []

/** A change stands in the list of open reviews from the confirmation of its emergency until that is reviewed. */
const reviewWrites = (before: Change | null, after: Change, commit: Commit): Write[] => {
  if (afterReviewOf(after) === 'open') return [{ put: openReviewItem(after, commit) }]
  return before !== null && afterReviewOf(before) === 'open' ? [{ remove: openReviewKey(after.id) }] : []
}

/** Positions of the writes below; nothing stands against the last ones. */
const COMMIT = 0
const LOCK = 2
const writesOf = (before: Loaded | null, after: Change, commit: Commit): Write[] => [
  { put: commitItem(commit, after.fleet), if: IS_NEW },
  { put: headItem(after, commit), if: unchanged(before) },
  ...lockWrites(before?.change ?? null, after),
  ...reviewWrites(before?.change ?? null, after, commit),
  ...announceWrites(commit),
]

const isOurs = (item: Item | null, { commitId }: AppendRequest): boolean => item !== null && readChangeCommit(item).id === commitId

/** Our own commit stands where we wanted to put it: an answer got lost, and this is its repetition. */
const conflictOrRepetition = async (streams: ChangeStreams, request: AppendRequest, there: Item | null): Promise<Appended> => {
  const loaded = isOurs(there, request) ? (await streams.load(request.id)).loaded : null
  return loaded ? { ok: true, loaded } : { ok: false, error: 'conflict' }
}

const nextOf = (loaded: Loaded | null, newest: Commit | null, request: AppendRequest): { commit: Commit; change: Change } => {
  const { id, events, actor, at, commitId, decision } = request
  const draft = { stream: changeStream(id), id: commitId, at: notBefore(at, newest?.at), actor, events, policies: decision.policies }
  const commit = chain(newest, draft)
  const change = replay([{ at: commit.at, events }], loaded?.change ?? null)
  if (change === null) throw new Error('a commit has at least one event')
  if (change.id !== id) throw new Error(`change ${id} cannot be proposed under the id ${change.id}`)
  return { commit, change }
}

/**
 * Appends one commit by one transaction: the commit (which must be new), the head (whose version must be the expected one) and,
 * where the change begins or ends, its fleet's lock; and the answer to whoever asked for it. Of two writers one wins; the other reads again and decides again.
 */
export const appendChange = async (table: Table, streams: ChangeStreams, request: AppendRequest, pause: Pause): Promise<Appended> => {
  const { id, expected, lastHash } = request
  for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
    const { loaded, newest } = streams.remembered(id, expected, lastHash) ?? (await streams.load(id))
    if ((loaded?.version ?? 0) !== expected || (loaded?.lastHash ?? null) !== lastHash)
      return conflictOrRepetition(streams, request, await table.get(commitKey(changeStream(id), expected + 1)))
    const { commit, change } = nextOf(loaded, newest, request)
    const answer = request.keeping ? [writeOf(await request.keeping(loadedFrom({ change, newest: commit })))] : []
    const writes = [...writesOf(loaded, change, commit), ...answer]
    const outcome = await table.transact([...writes, ...policyWrites(request)])
    if (!outcome.ok && outcome.failed.has(writes.length) && outcome.failed.size === 1) return { ok: false, error: 'policy-moved' }
    if (!outcome.ok && answer.length > 0 && outcome.failed.has(writes.length - 1) && !outcome.failed.has(COMMIT))
      return { ok: false, error: 'answered' }
    if (outcome.ok) return { ok: true, loaded: streams.remember({ change, newest: commit }) }
    if (!outcome.failed.has(LOCK) || outcome.failed.size > 1)
      return conflictOrRepetition(streams, request, outcome.failed.get(COMMIT) ?? null)
    const holder = await holderOf(table, change, outcome.failed.get(LOCK) ?? null)
    if (holder !== null) return { ok: false, error: 'fleet-busy', holder }
    // The lock was given back in between.
    await pause(tried)
  }
  return { ok: false, error: 'conflict' }
}

const holderOf = async (table: Table, change: Change, seen: Item | null): Promise<string | null> => {
  const lock = seen ?? (await table.get(lockKey(change.fleet)))
  return lock === null ? null : text(lock, 'change')
}
