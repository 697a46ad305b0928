import type { Plan } from '../rollout/index.ts'
import type { Verdict } from '../verdict/index.ts'
import { authorize } from './decision.ts'
import { freezesInForce, freezeText } from './freezes.ts'
import { type Hold, holdText } from './hold.ts'
import type { PolicySet } from './load-policies.ts'
import { type ReleaseContext, type Request, type Resource, WORKFLOW_PRINCIPAL } from './request.ts'

type Approver = { readonly id: string; readonly groups: readonly string[] }

/** What policy needs to know of an approval. */
type Approved = { readonly by: Approver; readonly digest: string; readonly withdrawnAt: string | null; readonly signOff: readonly string[] }

/** What policy needs to know of a change; a Change is one. */
export type Releasable = {
  readonly id: string
  readonly fleet: string
  readonly plan: Plan
  readonly proposer: { readonly id: string }
  readonly review: {
    readonly digest: string
    readonly approvals: readonly Approved[]
    /** People whose request for changes stands. */
    readonly changesRequested?: readonly { readonly by: { readonly name: string }; readonly reason: string }[]
  } | null
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
export const tallyOf = (counting: readonly Pick<Approved, 'by' | 'signOff'>[], changesRequested = 0): ReleaseContext['approvals'] => ({
  people: counting.length,
  members: membersOf(counting.map(({ by }) => by)),
  signedOff: [...new Set(counting.flatMap(({ signOff }) => signOff))].sort(),
  changesRequested,
})

/** What a release is decided on beside change, verdict and policies: the instant (epoch milliseconds), and the holds in force on the change. */
export type Situation = { readonly now: number; readonly held: readonly Hold[] }

/** Circumstances that hold nothing back. */
export const UNHINDERED = {
  tier: 'standard',
  frozen: [],
  outsideWindows: false,
  held: [],
  unconsented: [],
  breakGlass: { passes: [], confirmed: false },
} as const satisfies Partial<ReleaseContext>

/** Context of releaseChange and openWave. Precondition: `verdict` is the one that the change's digest binds. */
export const releaseContext = (
  { freezes }: Pick<PolicySet, 'freezes'>,
  change: Releasable,
  verdict: Verdict,
  { now, held }: Situation,
): ReleaseContext => ({
  ...UNHINDERED,
  approvals: tallyOf(countingApprovals(change), change.review?.changesRequested?.length ?? 0),
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
  frozen: freezesInForce(freezes, change.fleet, now).map(({ name }) => name),
  held: [...new Set(held.map(({ scope }) => scope))].sort(),
})

/** May this change be released, may its next wave open: the question for authorize. */
export const releaseQuestion = (
  action: 'releaseChange' | 'openWave',
  policySet: PolicySet,
  change: Releasable,
  verdict: Verdict,
  situation: Situation,
): Request => ({
  principal: WORKFLOW_PRINCIPAL,
  action,
  resource: changeResource(change),
  context: releaseContext(policySet, change, verdict, situation),
})

/** Rules about freezes, holds and requests for changes are told with them: which ones, until when, by whom, why. */
const told = ({ policies }: PolicySet, needed: readonly string[], about: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  needed.map(need => {
    const rule = policies.find(({ reason }) => reason === need)
    const texts = Object.entries(about).flatMap(([attribute, inForce]) => (rule?.text.includes(`context.${attribute}`) ? inForce : []))
    return texts.length === 0 ? need : `${need} ${texts.join(', ')}`
  })

/** What a change still needs for its release in a situation, in plain words; empty when nothing stands against it. */
export const missingForRelease = (policySet: PolicySet, change: Releasable, verdict: Verdict, situation: Situation): readonly string[] => {
  const answer = authorize(policySet, releaseQuestion('releaseChange', policySet, change, verdict, situation))
  if (answer.allowed) return []
  const frozen = freezesInForce(policySet.freezes, change.fleet, situation.now).map(freezeText)
  const requests = (change.review?.changesRequested ?? []).map(({ by, reason }) => `by ${by.name}: ${reason}`)
  return told(policySet, answer.reasons, { frozen, held: situation.held.map(holdText), 'approvals.changesRequested': requests })
}
