export {
  type Bound,
  CHANGE_STATUSES,
  type Change,
  type ChangeEvent,
  type ChangeStatus,
  type HaltReason,
  type Person,
  type WaveCounts,
} from './change.ts'
