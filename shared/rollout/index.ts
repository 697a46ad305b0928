export { bucketOf, slotOf, waveOf } from './bucket.ts'
export { Clearance, clearanceSigningBytes, SignedClearance, type StalledHost, verifyClearance } from './clearance.ts'
export { Directive, SignedDirective } from './directive.ts'
export { describeExceeded, exceededBudget, judgeWave } from './judge-wave.ts'
export { lintPlan } from './lint-plan.ts'
export { DIRECTIVE_SECONDS_MAX, type Instruction, nextDirective } from './next-directive.ts'
export { BUCKETS, Plan, Route, SLOTS } from './plan.ts'
export {
  isStopInForce,
  nextStopOrder,
  SignedStopOrder,
  STOP_ORDER_KEY,
  STOP_SECONDS_MAX,
  type StopInstruction,
  StopOrder,
  stopSigningBytes,
  verifyStopOrder,
} from './stop-order.ts'
export { signingBytes, type VerifyOptions, verifyDirective } from './verify-directive.ts'
export { closingCounts, isFilled, type SlotTally, standingOf, waveCounts } from './wave-counts.ts'
