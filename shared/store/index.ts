export {
  createChangeReader,
  createIdempotency,
  createKeptAnswers,
  createKnowledge,
  createNoticeStore,
  createPolicyLookup,
  createPolicyStore,
  createStore,
} from './create-store.ts'
export { InvalidCursor } from './cursor.ts'
export { type GuardedPolicyStore, type GuardedStore, guardPolicyStore, guardStore, NoLeave } from './leave.ts'
export { jitteredPause } from './pause.ts'
export type { LoadedEdit, PolicyLookup, PolicyStore } from './policy-ports.ts'
export {
  type Announced,
  type AnswerToKeep,
  type Catalog,
  type ChangeHead,
  type CohortCount,
  type EarlierSecret,
  type FleetSummary,
  type Fleets,
  type Idempotency,
  INDEXES,
  type KeptAnswer,
  type KeptAnswers,
  type KeptReceiver,
  type Ledger,
  type LineageStore,
  type Loaded,
  type LoadedHold,
  type NoticeStore,
  type Page,
  type PageRequest,
  type SlotCounts,
  type Store,
  type Waiting,
} from './ports.ts'
export { TABLES, type TableName } from './table-schema.ts'
