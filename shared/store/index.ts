export { createStore, type StoreOptions } from './create-store.ts'
export { InvalidCursor } from './cursor.ts'
export { CorruptItem } from './item.ts'
export { jitteredPause, type Pause } from './pause.ts'
export {
  type Catalog,
  type ChangeHead,
  type CohortCount,
  type FleetSummary,
  type Fleets,
  type Idempotency,
  INDEXES,
  type Ledger,
  type LineageStore,
  type Loaded,
  type Page,
  type PageRequest,
  type SlotCounts,
  type Store,
  type Waiting,
} from './ports.ts'
export { TABLES, type TableName, type TableSchema } from './table-schema.ts'
