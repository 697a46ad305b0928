import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { openCatalog } from './catalog.ts'
import { openChangeStreams } from './change-streams.ts'
import { openFleets } from './fleets.ts'
import { openHolds } from './holds.ts'
import { openIdempotency } from './idempotency.ts'
import { openKeptAnswers } from './kept-answers.ts'
import { openLedger } from './ledger.ts'
import { openLineage } from './lineage.ts'
import { openNotices } from './notices.ts'
import { jitteredPause, type Pause } from './pause.ts'
import { openPolicies } from './policies.ts'
import { openPolicyLookup } from './policy-lookup.ts'
import type { PolicyLookup, PolicyStore } from './policy-ports.ts'
import type { Idempotency, KeptAnswers, Ledger, NoticeStore, Store } from './ports.ts'
import { openTable, type Table } from './table.ts'
import type { TableName } from './table-schema.ts'

export type StoreOptions = {
  /** The plain client; where it points, its region and credentials are its owner's business. */
  readonly client: DynamoDBClient
  readonly tables: Readonly<Record<TableName, string>>
  /** Between attempts at a write that met others; full jitter by default. */
  readonly pause?: Pause
}

/** Each table is opened once, so that all who read single items of it in one turn do it in one request. */
const opened = new WeakMap<StoreOptions, Map<TableName, Table>>()

const pauseOf = ({ pause = jitteredPause() }: StoreOptions): Pause => pause

const tableOf = (options: StoreOptions, name: TableName): Table => {
  const tables = opened.get(options) ?? new Map<TableName, Table>()
  opened.set(options, tables)
  const table = tables.get(name) ?? openTable(options.client, options.tables[name], pauseOf(options))
  tables.set(name, table)
  return table
}

type Knowledge = Pick<Store, 'catalog' | 'fleets' | 'lineage'>

/** What a verdict rests on, without the ledger: who only asks need not carry how changes are appended. */
export const createKnowledge = (options: StoreOptions): Knowledge => ({
  catalog: openCatalog(tableOf(options, 'catalog')),
  fleets: openFleets(tableOf(options, 'fleet'), pauseOf(options)),
  lineage: openLineage(tableOf(options, 'lineage')),
})

/** Changes to look at, by whoever appends nothing. */
export const createChangeReader = (options: StoreOptions): Pick<Ledger, 'loadChange'> => {
  const streams = openChangeStreams(tableOf(options, 'ledger'), pauseOf(options))
  return { loadChange: async id => (await streams.load(id)).loaded }
}

export const createIdempotency = (options: StoreOptions): Idempotency => openIdempotency(tableOf(options, 'ledger'))

/** The same, for operations that are one commit: others do not carry it. */
export const createKeptAnswers = (options: StoreOptions): KeptAnswers => openKeptAnswers(tableOf(options, 'ledger'))

/** What Supersede keeps, but for notices. Here and below is the only door to DynamoDB. */
export const createStore = (options: StoreOptions): Store => ({
  ...createKnowledge(options),
  ledger: openLedger(tableOf(options, 'ledger'), pauseOf(options)),
  holds: openHolds(tableOf(options, 'ledger')),
  idempotency: createIdempotency(options),
})

/** Which policies are in force: all that most functions know of them. */
export const createPolicyLookup = (options: StoreOptions): PolicyLookup => openPolicyLookup(tableOf(options, 'ledger'))

/** The same with edits and their history. */
export const createPolicyStore = (options: StoreOptions): PolicyStore => openPolicies(tableOf(options, 'ledger'), pauseOf(options))

/** Receivers and deliveries, apart from the rest: most functions neither know nor carry them. */
export const createNoticeStore = (options: StoreOptions): NoticeStore => openNotices(tableOf(options, 'notice'))
