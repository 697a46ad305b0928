export { type Answer, authorize, type Decision, isDecision } from './decision.ts'
export { describePolicies, type KindOfChange, type PoliciesInWords } from './describe-policies.ts'
export { loadPolicies, PolicyError, type PolicySet } from './load-policies.ts'
export { PlanRequest, planDefaults, planOf, problemsOf } from './plan-of.ts'
export { type CaseResult, runPolicyCases } from './policy-cases.ts'
export { changeResource, countingApprovals, frozenAt, missingForRelease, releaseContext, signableOf } from './release.ts'
export {
  ACTIONS,
  type Action,
  HOUSE,
  type PlainAction,
  type Principal,
  type ReleaseContext,
  type Request,
  type Resource,
  WORKFLOW_PRINCIPAL,
} from './request.ts'
