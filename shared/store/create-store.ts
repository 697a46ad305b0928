import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { openCatalog } from './catalog.ts'
import { openFleets } from './fleets.ts'
import { openIdempotency } from './idempotency.ts'
import { openLedger } from './ledger.ts'
import { openLineage } from './lineage.ts'
import { jitteredPause, type Pause } from './pause.ts'
import type { Store } from './ports.ts'
import { openTable } from './table.ts'
import type { TableName } from './table-schema.ts'

export type StoreOptions = {
  /** The plain client; where it points, its region and credentials are its owner's business. */
  readonly client: DynamoDBClient
  readonly tables: Readonly<Record<TableName, string>>
  /** Between attempts at a write that met others; full jitter by default. */
  readonly pause?: Pause
}

/** Everything that Supersede keeps. The only door to DynamoDB. */
export const createStore = ({ client, tables, pause = jitteredPause() }: StoreOptions): Store => {
  const ledger = openTable(client, tables.ledger, pause)
  return {
    ledger: openLedger(ledger, pause),
    catalog: openCatalog(openTable(client, tables.catalog, pause)),
    fleets: openFleets(openTable(client, tables.fleet, pause), pause),
    lineage: openLineage(openTable(client, tables.lineage, pause)),
    idempotency: openIdempotency(ledger),
  }
}
