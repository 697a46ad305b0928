export { bucketOf, slotOf, waveOf } from './bucket.ts'
export { Directive, SignedDirective } from './directive.ts'
export {
  type BudgetName,
  describeExceeded,
  type Exceeded,
  exceededBudget,
  judgeWave,
  type WaveJudgement,
} from './judge-wave.ts'
export { lintPlan } from './lint-plan.ts'
export { DIRECTIVE_SECONDS_MAX, type Instruction, nextDirective } from './next-directive.ts'
export { BUCKETS, type Budget, Plan, SLOTS } from './plan.ts'
export { type DirectiveRefusal, signingBytes, type Verified, type VerifyOptions, verifyDirective } from './verify-directive.ts'
export { closingCounts, isFilled, type SlotTally, standingOf, type WaveCounts, waveCounts } from './wave-counts.ts'
