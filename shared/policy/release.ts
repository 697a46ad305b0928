import type { Plan } from '../rollout/index.ts'
import type { Verdict } from '../verdict/index.ts'
import { authorize } from './decision.ts'
import { type Freeze, freezesInForce, freezeText } from './freezes.ts'
import type { PolicySet } from './load-policies.ts'
import { type ReleaseContext, type Resource, WORKFLOW_PRINCIPAL } from './request.ts'

type Approver = { readonly id: string; readonly groups: readonly string[] }

/** What policy needs to know of an approval. */
type Approved = { readonly by: Approver; readonly digest: string; readonly withdrawnAt: string | null; readonly signOff: readonly string[] }

/** What policy needs to know of a change; a Change is one. */
export type Releasable = {
  readonly id: string
  readonly fleet: string
  readonly plan: Plan
  readonly proposer: { readonly id: string }
  readonly review: { readonly digest: string; readonly approvals: readonly Approved[] } | null
}

/**
 * The approvals that count: of the change's present digest, not withdrawn, not by its proposer, one a person (the newest). Everything
 * that asks "is it approved" asks here, so that an approval of another digest can count nowhere.
 */
export const countingApprovals = <A extends Approved>(change: {
  readonly proposer: { readonly id: string }
  readonly review: { readonly digest: string; readonly approvals: readonly A[] } | null
}): readonly A[] => {
  if (change.review === null) return []
  const { digest, approvals } = change.review
  const counting = approvals.filter(
    approval => approval.digest === digest && approval.withdrawnAt === null && approval.by.id !== change.proposer.id,
  )
  return [...new Map(counting.map(approval => [approval.by.id, approval])).values()]
}

const membersOf = (approvers: readonly Approver[]): Readonly<Record<string, number>> => {
  const groups = approvers.flatMap(({ groups }) => [...new Set(groups)])
  return Object.fromEntries([...new Set(groups)].map(group => [group, groups.filter(other => other === group).length]))
}

const codesOf = (verdict: Verdict, severity: 'block' | 'review'): readonly string[] => [
  ...new Set(verdict.findings.filter(finding => finding.severity === severity).map(finding => finding.code)),
]

/** What of a verdict can be signed off by name: the codes of its findings to review, a downgrade, lost fixes. Sorted. */
export const signableOf = (verdict: Verdict): readonly string[] => {
  const downgrade = verdict.cohorts.some(cohort => cohort.downgrade) ? ['downgrade'] : []
  const fixesLost = verdict.cohorts.some(cohort => cohort.fixes.lost.length > 0) ? ['fixes-lost'] : []
  return [...new Set([...codesOf(verdict, 'review'), ...downgrade, ...fixesLost])].sort()
}

/** A change as policies see it. */
export const changeResource = (change: Pick<Releasable, 'id' | 'fleet' | 'proposer'>): Resource => ({
  type: 'Change',
  id: change.id,
  fleet: change.fleet,
  proposer: change.proposer.id,
})

/** Approvals that count, as policies see them. */
export const tallyOf = (counting: readonly Pick<Approved, 'by' | 'signOff'>[]): ReleaseContext['approvals'] => ({
  people: counting.length,
  members: membersOf(counting.map(({ by }) => by)),
  signedOff: [...new Set(counting.flatMap(({ signOff }) => signOff))].sort(),
})

/** Context of releaseChange and openWave. Precondition: `verdict` is the one that the change's digest binds. */
export const releaseContext = (change: Releasable, verdict: Verdict, frozen: readonly string[]): ReleaseContext => {
  return {
    approvals: tallyOf(countingApprovals(change)),
    verdict: {
      outcome: verdict.outcome,
      block: codesOf(verdict, 'block'),
      review: codesOf(verdict, 'review'),
      downgrade: verdict.cohorts.some(cohort => cohort.downgrade),
      fixesLost: [...new Set(verdict.cohorts.flatMap(cohort => cohort.fixes.lost))],
    },
    plan: {
      waves: change.plan.waves.length,
      firstShare: change.plan.waves[0]?.share ?? 0,
      soakSeconds: change.plan.soakSeconds,
    },
    frozen,
  }
}

/** Names of the freezes in force on a fleet at an instant (epoch milliseconds), for releaseContext. */
export const frozenAt = ({ freezes }: PolicySet, fleet: string, now: number): readonly string[] =>
  freezesInForce(freezes, fleet, now).map(({ name }) => name)

/** Rules about freezes are told with the freezes: which ones, until when, why. */
const told = ({ policies }: PolicySet, needed: readonly string[], inForce: readonly Freeze[]): readonly string[] => {
  const aboutFreezes = new Set(policies.filter(({ text }) => text.includes('context.frozen')).map(({ reason }) => reason))
  return needed.map(need => (aboutFreezes.has(need) && inForce.length > 0 ? `${need} ${inForce.map(freezeText).join(', ')}` : need))
}

/** What a change still needs for its release at an instant (epoch milliseconds), in plain words; empty when nothing stands against it. */
export const missingForRelease = (policySet: PolicySet, change: Releasable, verdict: Verdict, now: number): readonly string[] => {
  const answer = authorize(policySet, {
    principal: WORKFLOW_PRINCIPAL,
    action: 'releaseChange',
    resource: changeResource(change),
    context: releaseContext(change, verdict, frozenAt(policySet, change.fleet, now)),
  })
  return answer.allowed ? [] : told(policySet, answer.reasons, freezesInForce(policySet.freezes, change.fleet, now))
}
