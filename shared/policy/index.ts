export { type Answer, authorize, type Decision, isDecision } from './decision.ts'
export { loadPolicies, PolicyError, type PolicySet, type PolicyText } from './load-policies.ts'
export { type Planned, PlanRequest, planDefaults, planOf, problemsOf } from './plan-of.ts'
export { changeResource, countingApprovals, missingForRelease, type Releasable, releaseContext } from './release.ts'
export {
  ACTIONS,
  type Action,
  HOUSE,
  type Principal,
  type ReleaseContext,
  type Request,
  type Resource,
  WORKFLOW_PRINCIPAL,
} from './request.ts'
