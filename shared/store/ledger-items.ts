import * as z from 'zod'
import { afterReviewOf, CHANGE_STATUSES, type Change, ChangeEvent, isTerminal } from '../change/index.ts'
import type { Commit } from '../history/index.ts'
import { CorruptItem, type Item, itemOf, type Key, padded, text, whole } from './item.ts'
import type { ChangeHead, Waiting } from './ports.ts'

/*
 * The ledger's items.
 *
 *   pk                sk             what
 *   change#<id>       000000000001   a commit (of any stream: patch#…, fleet#…)
 *   change#<id>       head           the change at a glance; its version guards the next append
 *   <other stream>    head           where that stream ends
 *   <other stream>    id#<commit>    that a commit was recorded, so that a retry records it once
 *   open-reviews      <change>       a change whose emergency is to be reviewed yet, at a glance
 *   lock#<fleet>      lock           the one active change of a fleet
 *   waiting#<id>      waiting        what the change's workflow waits for; apart from the head, so that both never contend
 *   days              2026-11-23     that something was recorded on a day
 *   idem#<hash>       idem           an Idempotency-Key (idempotency.ts)
 *   outbox            <at>#<commit>  a commit that somebody may want to hear of (outbox.ts)
 *   policy…                          the policies in force and their edits (edition-items.ts, edit-items.ts)
 *
 *   index             commits                            heads of changes
 *   by-status         —                                  <status> · <updated at>#<id>
 *   by-fleet          fleet#<fleet> · <at>#<commit>      changes#<fleet> · <updated at>#<id>
 *   by-actor          <actor> · <at>#<commit>            —
 *   by-day            2026-11-23 · <at>#<commit>         changes · <proposed at>#<id>
 */

export const changeStream = (id: string): string => `change#${id}`
export const commitKey = (stream: string, sequence: number): Key => ({ pk: stream, sk: padded(sequence) })
export const headKey = (stream: string): Key => ({ pk: stream, sk: 'head' })
export const lockKey = (fleet: string): Key => ({ pk: `lock#${fleet}`, sk: 'lock' })
export const waitingKey = (change: string): Key => ({ pk: `waiting#${change}`, sk: 'waiting' })
export const OPEN_REVIEWS = 'open-reviews'
export const openReviewKey = (change: string): Key => ({ pk: OPEN_REVIEWS, sk: change })
/** Padded sequences begin with it, and nothing else in a stream does. */
export const COMMIT_PREFIX = '0'
export const DAYS = 'days'
export const ALL_CHANGES = 'changes'
export const commitsOfFleet = (fleet: string): string => `fleet#${fleet}`
export const changesOfFleet = (fleet: string): string => `changes#${fleet}`
export const dayOf = (at: string): string => at.slice(0, 10)

const StoredCommit = z.object({
  stream: z.string(),
  sequence: z.int().positive(),
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  events: z.array(z.looseObject({ type: z.string() })),
  policies: z.array(z.string()),
  previousHash: z.string().nullable(),
  hash: z.string(),
})
const StoredEvents = z.array(ChangeEvent)

/** The commit is kept as the JSON text that its hash was made from; the other attributes only serve the indexes. */
export const commitItem = (commit: Commit, fleet: string | null): Item =>
  itemOf({
    ...commitKey(commit.stream, commit.sequence),
    commit: JSON.stringify(commit),
    fleetKey: fleet === null ? null : commitsOfFleet(fleet),
    updatedKey: fleet === null ? null : `${commit.at}#${commit.id}`,
    actorKey: commit.actor,
    dayKey: dayOf(commit.at),
    dayTime: `${commit.at}#${commit.id}`,
  })

export const readCommit = (item: Item): Commit => StoredCommit.parse(JSON.parse(text(item, 'commit')))

/** A commit of a change: its events are of the kinds that a change knows. */
export const readChangeCommit = (item: Item): Commit & { readonly events: readonly ChangeEvent[] } => {
  const commit = readCommit(item)
  return { ...commit, events: StoredEvents.parse(commit.events) }
}

/** What readHead reads. */
const headFacts = (change: Change, newest: Commit) => ({
  id: change.id,
  fleet: change.fleet,
  livepatch: change.livepatch,
  status: change.status,
  version: newest.sequence,
  lastHash: newest.hash,
  proposer: change.proposer.id,
  proposedAt: change.proposedAt,
  updatedAt: newest.at,
  afterReview: afterReviewOf(change),
})

export const headItem = (change: Change, newest: Commit): Item =>
  itemOf({
    ...headKey(changeStream(change.id)),
    ...headFacts(change, newest),
    statusKey: change.status,
    fleetKey: changesOfFleet(change.fleet),
    updatedKey: `${newest.at}#${change.id}`,
    dayKey: ALL_CHANGES,
    dayTime: `${change.proposedAt}#${change.id}`,
  })

const AFTER_REVIEWS = ['open', 'closed'] as const

/** The head's facts once more, in a partition that holds the open reviews and nothing else. */
export const openReviewItem = (change: Change, newest: Commit): Item =>
  itemOf({ ...openReviewKey(change.id), ...headFacts(change, newest) })

export const readHead = (item: Item): ChangeHead => {
  const status = CHANGE_STATUSES.find(candidate => candidate === text(item, 'status'))
  if (status === undefined) throw new CorruptItem(`change ${text(item, 'id')} has no known status`)
  return {
    id: text(item, 'id'),
    fleet: text(item, 'fleet'),
    livepatch: text(item, 'livepatch'),
    status,
    version: whole(item, 'version'),
    proposer: text(item, 'proposer'),
    proposedAt: text(item, 'proposedAt'),
    updatedAt: text(item, 'updatedAt'),
    afterReview: AFTER_REVIEWS.find(known => item['afterReview'] && known === text(item, 'afterReview')) ?? null,
  }
}

/** Where a stream that is no change ends. */
export const endItem = (newest: Commit): Item =>
  itemOf({ ...headKey(newest.stream), version: newest.sequence, lastHash: newest.hash, lastAt: newest.at })

export const waitingItem = (change: string, waiting: Waiting): Item =>
  itemOf({ ...waitingKey(change), for: waiting.for, token: waiting.token, wave: waiting.wave })

const WAITS = ['approvals', 'wave', 'decision'] as const

export const readWaiting = (item: Item): Waiting => {
  const reason = WAITS.find(candidate => candidate === text(item, 'for'))
  if (reason === undefined) throw new CorruptItem(`${text(item, 'pk')} waits for nothing known`)
  return { for: reason, token: text(item, 'token'), wave: item['wave'] ? whole(item, 'wave') : null }
}

/** Whether a change holds its fleet's lock. */
export const holdsLock = (change: Change | null): boolean => change !== null && !isTerminal(change.status)
