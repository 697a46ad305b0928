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
import { openTable } from './table.ts'
import type { TableName } from './table-schema.ts'

export type StoreOptions = {
  /** The plain client; where it points, its region and credentials are its owner's business. */
  readonly client: DynamoDBClient
  readonly tables: Readonly<Record<TableName, string>>
  /** Between attempts at a write that met others; full jitter by default. */
  readonly pause?: Pause
}

type Knowledge = Pick<Store, 'catalog' | 'fleets' | 'lineage'>

/** What a verdict rests on, without the ledger: who only asks need not carry how changes are appended. */
export const createKnowledge = ({ client, tables, pause = jitteredPause() }: StoreOptions): Knowledge => ({
  catalog: openCatalog(openTable(client, tables.catalog, pause)),
  fleets: openFleets(openTable(client, tables.fleet, pause), pause),
  lineage: openLineage(openTable(client, tables.lineage, pause)),
})

/** Changes to look at, by whoever appends nothing. */
export const createChangeReader = ({ client, tables, pause = jitteredPause() }: StoreOptions): Pick<Ledger, 'loadChange'> => {
  const streams = openChangeStreams(openTable(client, tables.ledger, pause), pause)
  return { loadChange: async id => (await streams.load(id)).loaded }
}

export const createIdempotency = ({ client, tables, pause = jitteredPause() }: StoreOptions): Idempotency =>
  openIdempotency(openTable(client, tables.ledger, pause))

/** The same, for operations that are one commit: others do not carry it. */
export const createKeptAnswers = ({ client, tables, pause = jitteredPause() }: StoreOptions): KeptAnswers =>
  openKeptAnswers(openTable(client, tables.ledger, pause))

/** What Supersede keeps, but for notices. Here and below is the only door to DynamoDB. */
export const createStore = ({ client, tables, pause = jitteredPause() }: StoreOptions): Store => ({
  ...createKnowledge({ client, tables, pause }),
  ledger: openLedger(openTable(client, tables.ledger, pause), pause),
  holds: openHolds(openTable(client, tables.ledger, pause)),
  idempotency: createIdempotency({ client, tables, pause }),
})

/** Which policies are in force: all that most functions know of them. */
export const createPolicyLookup = ({ client, tables, pause = jitteredPause() }: StoreOptions): PolicyLookup =>
  openPolicyLookup(openTable(client, tables.ledger, pause))

/** The same with edits and their history. */
export const createPolicyStore = ({ client, tables, pause = jitteredPause() }: StoreOptions): PolicyStore =>
  openPolicies(openTable(client, tables.ledger, pause), pause)

/** Receivers and deliveries, apart from the rest: most functions neither know nor carry them. */
export const createNoticeStore = ({ client, tables, pause = jitteredPause() }: StoreOptions): NoticeStore =>
  openNotices(openTable(client, tables.notice, pause))
