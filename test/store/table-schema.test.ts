import { describe, expect, test } from '@jest/globals'
import { INDEXES, TABLES } from '../../shared/store/index.ts'

describe('the tables as data', () => {
  test('are five, all with the same key attributes', () => {
    expect(Object.keys(TABLES)).toEqual(['ledger', 'catalog', 'fleet', 'lineage', 'notice'])
    for (const table of Object.values(TABLES)) expect([table.partitionKey, table.sortKey]).toEqual(['pk', 'sk'])
  })

  test('hold the indexes that the store asks by name, on the ledger only', () => {
    expect(TABLES.ledger.indexes.map(({ name }) => name).sort()).toEqual(Object.values(INDEXES).sort())
    for (const table of [TABLES.catalog, TABLES.fleet, TABLES.lineage, TABLES.notice]) expect(table.indexes).toEqual([])
  })

  test('catalog and lineage never forget', () => {
    expect([TABLES.catalog.ttl, TABLES.lineage.ttl]).toEqual([undefined, undefined])
  })
})
