/**
 * The five tables as data: key attributes (all strings), sparse global secondary indexes (all attributes projected) and the
 * attribute that lets an item expire (epoch seconds). infra makes the tables of it; nothing else names a key.
 * What stands in the keys is said in the file that writes them.
 */
export type TableName = 'ledger' | 'catalog' | 'fleet' | 'lineage' | 'notice'

export type TableSchema = {
  readonly partitionKey: 'pk'
  readonly sortKey: 'sk'
  readonly indexes: readonly { readonly name: string; readonly partitionKey: string; readonly sortKey: string }[]
  readonly ttl?: 'expiresAt'
}

export const TABLES: Readonly<Record<TableName, TableSchema>> = {
  /** Commits, change heads, fleet locks, workflow tokens, holds; idempotency records and holds that stand carry `expiresAt`. */
  ledger: {
    partitionKey: 'pk',
    sortKey: 'sk',
    indexes: [
      { name: 'by-status', partitionKey: 'statusKey', sortKey: 'updatedKey' },
      { name: 'by-fleet', partitionKey: 'fleetKey', sortKey: 'updatedKey' },
      { name: 'by-actor', partitionKey: 'actorKey', sortKey: 'dayTime' },
      { name: 'by-day', partitionKey: 'dayKey', sortKey: 'dayTime' },
    ],
    ttl: 'expiresAt',
  },
  /** Manifests and verdicts by digest; immutable. */
  catalog: { partitionKey: 'pk', sortKey: 'sk', indexes: [] },
  /** Fleets, hosts, their facts, counters, directives; and the enrolment tokens, which alone carry `expiresAt`. */
  fleet: { partitionKey: 'pk', sortKey: 'sk', indexes: [], ttl: 'expiresAt' },
  /** The replaced-by graph as an adjacency list, both directions. */
  lineage: { partitionKey: 'pk', sortKey: 'sk', indexes: [] },
  /** Receivers of notices, and what is on its way to them; what has ended carries `expiresAt`. */
  notice: { partitionKey: 'pk', sortKey: 'sk', indexes: [], ttl: 'expiresAt' },
}
