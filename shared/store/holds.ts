import { chain } from '../history/index.ts'
import { evolveHold, type Hold, HoldRecord, isRunning } from '../policy/index.ts'
import { notBefore } from './append-change.ts'
import { addTo } from './counters.ts'
import { dayNotes } from './day-notes.ts'
import { count, type Item, itemOf, type Key, text, whole } from './item.ts'
import { commitItem, endItem, headKey } from './ledger-items.ts'
import { listPage } from './listing.ts'
import { announceWrites } from './outbox.ts'
import type { Holds, LoadedHold } from './ports.ts'
import { type Expression, IS_NEW, type Table } from './table.ts'

/*
 * Holds, in the ledger's table.
 *
 *   pk            sk            what
 *   hold#<id>     …             its commits and where they end, as of any stream (ledger-items.ts)
 *   all-holds     <id>          the hold as its commits say; its version guards the next one
 *   holds         <id>          the same, of those that nobody has lifted: the few that are asked about at every decision
 *   holds-count   holds-count   how often anything of all this was written: who has read `holds` at a count knows them while it stands
 *
 * Nothing happens when a hold ends by itself, so readers of `holds` look at its end. A while later the item goes by its TTL.
 */

const STANDING = 'holds'
const ALL = 'all-holds'
const COUNT: Key = { pk: 'holds-count', sk: 'holds-count' }
const streamOf = (id: string): string => `hold#${id}`
const keyIn = (pk: string, id: string): Key => ({ pk, sk: id })

/** Seconds for which one that has ended stays among those that stand: clocks of two machines differ by less. */
const KEPT_SECONDS = 86_400

const recordOf = (item: Item): HoldRecord => HoldRecord.parse(JSON.parse(text(item, 'hold')))

const itemFor = (pk: string, hold: HoldRecord, version: number, last: Item | null = null): Item => ({
  ...last,
  ...itemOf({ ...keyIn(pk, hold.id), hold: JSON.stringify(hold), version }),
})

const unchanged = (loaded: LoadedHold | null): Expression =>
  loaded === null ? IS_NEW : { text: 'version = :version', values: { version: loaded.version } }

const load = async (table: Table, id: string): Promise<LoadedHold | null> => {
  const item = await table.get(keyIn(ALL, id))
  return item && { hold: recordOf(item), version: whole(item, 'version') }
}

const endOf = async (table: Table, id: string) => {
  const item = await table.get(headKey(streamOf(id)))
  return item && { sequence: whole(item, 'version'), hash: text(item, 'lastHash'), at: text(item, 'lastAt') }
}

type AppendRequest = Parameters<Holds['append']>[0]

const fleetOf = ({ scope, target }: Hold): string | null => (scope === 'fleet' ? target : null)

/** The one write that makes a hold stand, or end. */
const standingWrite = (hold: HoldRecord, version: number) =>
  hold.lifted
    ? { remove: keyIn(STANDING, hold.id) }
    : { put: itemFor(STANDING, hold, version, itemOf({ expiresAt: Math.ceil(Date.parse(hold.expiresAt) / 1_000) + KEPT_SECONDS })) }

/** One commit, the hold as it says, and whether it stands: all of it or nothing, and only on what was seen. */
const append = async (table: Table, { id, loaded, event, actor, at, commitId, decision }: AppendRequest): ReturnType<Holds['append']> => {
  const end = loaded === null ? null : await endOf(table, id)
  if ((end?.sequence ?? 0) !== (loaded?.version ?? 0)) return { ok: false, error: 'conflict' }
  const draft = { stream: streamOf(id), id: commitId, at: notBefore(at, end?.at), actor, events: [event], policies: decision.policies }
  const commit = chain(end, draft)
  const hold = evolveHold(loaded?.hold ?? null, event, commit.at)
  const outcome = await table.transact([
    { put: itemFor(ALL, hold, commit.sequence), if: unchanged(loaded) },
    standingWrite(hold, commit.sequence),
    { put: commitItem(commit, fleetOf(hold)), if: IS_NEW },
    { put: endItem(commit) },
    addTo(COUNT, [['writes', 1]]),
    ...announceWrites(commit),
  ])
  return outcome.ok ? { ok: true, loaded: { hold, version: commit.sequence } } : { ok: false, error: 'conflict' }
}

/** The count is read first: what the holds are read as is at least what it counted. */
const standingHolds = (table: Table) => {
  let known: { readonly writes: number; readonly holds: readonly HoldRecord[] } | null = null
  return async (): Promise<readonly HoldRecord[]> => {
    const writes = count((await table.get(COUNT)) ?? {}, 'writes')
    if (known?.writes === writes) return known.holds
    const holds = (await table.partition(STANDING)).map(recordOf)
    known = { writes, holds }
    return holds
  }
}

export const openHolds = (table: Table): Holds => {
  const noteDay = dayNotes(table)
  const standing = standingHolds(table)
  return {
    standing: async now => (await standing()).filter(hold => isRunning(hold, now)),
    load: id => load(table, id),
    list: page => listPage({ table, order: 'newest-first' }, { value: ALL }, page, recordOf),
    append: async request => {
      await noteDay(request.at)
      return append(table, request)
    },
  }
}
