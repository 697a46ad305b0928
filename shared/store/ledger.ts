import { CHANGE_STATUSES, isTerminal } from '../change/index.ts'
import { appendChange } from './append-change.ts'
import { openChangeStreams } from './change-streams.ts'
import { InvalidCursor } from './cursor.ts'
import { dayNotes } from './day-notes.ts'
import { text } from './item.ts'
import {
  ALL_CHANGES,
  COMMIT_PREFIX,
  changeStream,
  changesOfFleet,
  commitsOfFleet,
  DAYS,
  headKey,
  lockKey,
  OPEN_REVIEWS,
  readCommit,
  readHead,
  readWaiting,
  waitingItem,
  waitingKey,
} from './ledger-items.ts'
import { type Listing, listPage, type Partition, slice, walkPage } from './listing.ts'
import { readOutbox, takeFromOutbox } from './outbox.ts'
import type { Pause } from './pause.ts'
import { INDEXES, type Ledger, type PageRequest } from './ports.ts'
import { recordCommit } from './record-commit.ts'
import type { Expression, Table } from './table.ts'

type CommitFilter = Parameters<Ledger['commits']>[0]
type ChangeFilter = Parameters<Ledger['changes']>[0]

const OPEN_STATUSES: readonly string[] = CHANGE_STATUSES.filter(status => !isTerminal(status))
const DAY = /^\d{4}-\d{2}-\d{2}$/

const equals = (name: string, value: string): Expression => ({
  text: '#filtered = :filtered',
  names: { filtered: name },
  values: { filtered: value },
})

/** Days on which something was recorded, newest first, beginning with `day`. */
const daysFrom = async function* (table: Table, day: string | null): AsyncGenerator<Partition> {
  if (day !== null && !DAY.test(day)) throw new InvalidCursor()
  if (day !== null) yield { value: day }
  let from = day === null ? null : { sk: day }
  for (;;) {
    const { items, more } = await slice({ table, order: 'newest-first' }, { value: DAYS }, 100, from)
    for (const item of items) yield { value: text(item, 'sk') }
    if (more === null) return
    from = { sk: text(items.at(-1) ?? {}, 'sk') }
  }
}

const commitsPage = (table: Table, { actor, fleet, day }: CommitFilter, page: PageRequest) => {
  const listing = (index: string): Listing => ({ table, index, order: 'newest-first' })
  if (actor !== undefined) {
    const filter = fleet === undefined ? undefined : equals('fleetKey', commitsOfFleet(fleet))
    return listPage(listing(INDEXES.byActor), { value: actor, prefix: day, filter }, page, readCommit)
  }
  if (fleet !== undefined) return listPage(listing(INDEXES.byFleet), { value: commitsOfFleet(fleet), prefix: day }, page, readCommit)
  if (day !== undefined) return listPage(listing(INDEXES.byDay), { value: day }, page, readCommit)
  return walkPage(listing(INDEXES.byDay), 'commits', from => daysFrom(table, from), page, readCommit)
}

const changesPage = (table: Table, { status, fleet }: ChangeFilter, page: PageRequest) => {
  const listing = (index: string): Listing => ({ table, index, order: 'newest-first' })
  if (fleet !== undefined) {
    const filter = status === undefined ? undefined : equals('status', status)
    return listPage(listing(INDEXES.byFleet), { value: changesOfFleet(fleet), filter }, page, readHead)
  }
  if (status !== undefined) return listPage(listing(INDEXES.byStatus), { value: status }, page, readHead)
  return listPage(listing(INDEXES.byDay), { value: ALL_CHANGES }, page, readHead)
}

const openStatusesFrom = (status: string | null): Partition[] => {
  const from = status === null ? 0 : OPEN_STATUSES.indexOf(status)
  if (from < 0) throw new InvalidCursor()
  return OPEN_STATUSES.slice(from).map(value => ({ value }))
}

/** Streams of commits (ledger-items.ts says what stands where). Appending takes the policy room's leave. */
export const openLedger = (table: Table, pause: Pause): Ledger => {
  const noteDay = dayNotes(table)
  const streams = openChangeStreams(table, pause)
  return {
    loadChange: async id => (await streams.load(id)).loaded,
    recallChange: streams.recall,
    appendChange: async request => {
      await noteDay(request.at)
      return appendChange(table, streams, request, pause)
    },
    record: async request => {
      await noteDay(request.at)
      return recordCommit(table, request, pause)
    },
    commitsOf: (stream, page) => listPage({ table, order: 'oldest-first' }, { value: stream, prefix: COMMIT_PREFIX }, page, readCommit),
    commits: (filter, page) => commitsPage(table, filter, page),
    changes: (filter, page) => changesPage(table, filter, page),
    openReviews: page => listPage({ table, order: 'newest-first' }, { value: OPEN_REVIEWS }, page, readHead),
    head: async id => {
      const item = await table.get(headKey(changeStream(id)))
      return item && readHead(item)
    },
    wait: async (id, waiting) => {
      await table.write({ put: waitingItem(id, waiting) })
    },
    waiting: async id => {
      const item = await table.get(waitingKey(id))
      return item && readWaiting(item)
    },
    activeChanges: async fleets => {
      const locks = await table.getMany(fleets.map(lockKey))
      return new Map(locks.map(lock => [text(lock, 'pk').slice(lockKey('').pk.length), text(lock, 'change')]))
    },
    open: page => walkPage({ table, index: INDEXES.byStatus, order: 'oldest-first' }, 'open', openStatusesFrom, page, readHead),
    outbox: limit => readOutbox(table, limit),
    takeFromOutbox: announced => takeFromOutbox(table, announced),
  }
}
