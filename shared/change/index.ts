export { type Abort, abort } from './abort.ts'
export { currentApprovals } from './approvals.ts'
export { type Approve, approve } from './approve.ts'
export {
  type Approval,
  Bound,
  CHANGE_STATUSES,
  type Change,
  ChangeEvent,
  type ChangeStatus,
  type Halt,
  HaltReason,
  Person,
  type Rejection,
  type Review,
  type Rollout,
  type Wave,
  WaveCounts,
} from './change.ts'
export { changeDigest } from './change-digest.ts'
export { type Complete, complete } from './complete.ts'
export { evolve, replay } from './evolve.ts'
export { type Expire, expire } from './expire.ts'
export { type FillWave, fillWave } from './fill-wave.ts'
export { type HaltCommand, halt, type Pause, pause, WORKFLOW } from './halt.ts'
export { type Judge, judge } from './judge.ts'
export { lifecycleDiagram, lifecycleTable } from './lifecycle-diagram.ts'
export { type OpenWave, openWave } from './open-wave.ts'
export { type Accepted, type Outcome, REFUSALS, type Refusal, type Refused } from './outcome.ts'
export { type PassWave, passWave } from './pass-wave.ts'
export { type Propose, propose } from './propose.ts'
export { type Reject, reject } from './reject.ts'
export { type Release, release } from './release.ts'
export { type Resume, resume } from './resume.ts'
export { type Summary, summarize, type WaveSummary } from './summarize.ts'
export { COMMANDS, type CommandName, isTerminal, TERMINAL_STATUSES, TRANSITIONS } from './transitions.ts'
export { activeWave, nextWave, openShare } from './waves.ts'
