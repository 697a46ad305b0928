export { countDown } from './count-down.ts'
export { approvalsSince, countingApprovals, isOfDigest, tallyOf } from './counting-approvals.ts'
export { type Answer, authorize, type Decision, isDecision } from './decision.ts'
export { describePolicies, type KindOfChange, type PoliciesInWords } from './describe-policies.ts'
export { doubtsAbout } from './doubts.ts'
export { type Freeze, freezesInForce, freezesRunning, freezeText } from './freezes.ts'
export { type Held, HOLD_SCOPES, Hold, HoldRecord, type HoldScope, heldDetail, holdsInForce, holdText, isRunning } from './hold.ts'
export {
  evolveHold,
  extendHold,
  HOLD_SECONDS,
  type HoldEvent,
  type HoldOutcome,
  holdResource,
  liftHold,
  placeHold,
} from './hold-events.ts'
export { loadPolicies, type PolicySet } from './load-policies.ts'
export { minuteText, missingForRelease, type Need, needsForRelease } from './missing-for-release.ts'
export { PlanRequest, planDefaults, planOf, problemsOf } from './plan-of.ts'
export { type CaseResult, runPolicyCases } from './policy-cases.ts'
export { PolicyError, type PolicyTexts, policyTextsOf } from './policy-texts.ts'
export {
  changeResource,
  releaseContext,
  releaseQuestion,
  type Situation,
  signableOf,
  UNHINDERED,
} from './release.ts'
export { PastChange, replayRelease } from './replay-release.ts'
export {
  ACTIONS,
  type Action,
  type DecisionOnChange,
  HOUSE,
  type PlainAction,
  type Principal,
  type ReleaseContext,
  type Request,
  type Resource,
  WORKFLOW_PRINCIPAL,
} from './request.ts'
export { type Reviewers, reviewersOf } from './reviewers.ts'
export { ownerOf, type Settings, stricterOf, tierOf } from './settings.ts'
export { TEAM_ACTIONS } from './team-policy.ts'
export { type WaveLeave, waveLeave } from './wave-leave.ts'
