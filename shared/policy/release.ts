import type { Plan } from '../rollout/index.ts'
import { acceptedIn, type Verdict } from '../verdict/index.ts'
import { type Approved, approvalsSince, countingApprovals, tallyOf } from './counting-approvals.ts'
import { CONSENT, foreignLivepatches, unconsentedOf } from './foreign-livepatches.ts'
import { freezesInForce } from './freezes.ts'
import type { Hold } from './hold.ts'
import type { PolicySet } from './load-policies.ts'
import { type ReleaseContext, type Request, type Resource, WORKFLOW_PRINCIPAL } from './request.ts'
import { isOutsideWindows, STANDARD_TIER, tierOf } from './settings.ts'

/** What policy needs to know of a change; a Change is one. */
export type Releasable = {
  readonly id: string
  readonly fleet: string
  readonly plan: Plan
  readonly proposer: { readonly id: string }
  /** Who submitted the livepatch, where that was somebody else than the proposer. */
  readonly builder?: string | null
  /** An emergency that the proposal names. */
  readonly breakGlass?: { readonly passes: readonly string[]; readonly accepts?: readonly string[] | undefined } | null
  readonly review: {
    readonly digest: string
    /** Of the emergency, by a second person; null where there is none, or none of this digest. */
    readonly confirmation?: unknown
    readonly approvals: readonly Approved[]
    /** People whose request for changes stands. */
    readonly changesRequested?: readonly { readonly by: { readonly name: string }; readonly reason: string }[]
  } | null
  /** ISO 8601, of the release; null before it. */
  readonly rollout: { readonly releasedAt: string } | null
}

const codesOf = (verdict: Verdict, severity: 'block' | 'review'): readonly string[] => [
  ...new Set(verdict.findings.filter(finding => finding.severity === severity).map(finding => finding.code)),
]

/** What of a verdict can be signed off by name: the codes of its findings to review, a downgrade, lost fixes, foreign livepatches, its route. Sorted. */
export const signableOf = (verdict: Verdict): readonly string[] => {
  const downgrade = verdict.cohorts.some(cohort => cohort.downgrade) ? ['downgrade'] : []
  const fixesLost = verdict.cohorts.some(cohort => cohort.fixes.lost.length > 0) ? ['fixes-lost'] : []
  const foreign = foreignLivepatches(verdict).length > 0 ? [CONSENT] : []
  const route = verdict.route === undefined ? [] : [verdict.route]
  return [...new Set([...codesOf(verdict, 'review'), ...downgrade, ...fixesLost, ...foreign, ...route])].sort()
}

/** A change as policies see it. */
export const changeResource = (change: Pick<Releasable, 'id' | 'fleet' | 'proposer' | 'builder'>): Resource => ({
  type: 'Change',
  id: change.id,
  fleet: change.fleet,
  proposer: change.proposer.id,
  builder: change.builder ?? undefined,
})

/** What a release is decided on beside change, verdict and policies: the instant (epoch milliseconds), and the holds in force on the change. */
export type Situation = { readonly now: number; readonly held: readonly Hold[] }

/** Circumstances that hold nothing back. */
export const UNHINDERED = {
  route: 'replace',
  tier: STANDARD_TIER,
  frozen: [],
  outsideWindows: false,
  held: [],
  unconsented: [],
  unconfirmed: [],
  breakGlass: { passes: [], confirmed: false },
} as const satisfies Partial<ReleaseContext>

/** Context of releaseChange and openWave. Precondition: `verdict` is the one that the change's digest binds. */
export const releaseContext = (
  { freezes, settings }: Pick<PolicySet, 'freezes' | 'settings'>,
  change: Releasable,
  verdict: Verdict,
  { now, held }: Situation,
): ReleaseContext => {
  const counting = countingApprovals(change, approvalsSince(settings, change, now))
  const accepted = acceptedIn(verdict)
  const confirmed = Boolean(change.breakGlass && change.review?.confirmation)
  return {
    ...UNHINDERED,
    approvals: tallyOf(counting, change.review?.changesRequested?.length ?? 0),
    verdict: {
      outcome: verdict.outcome,
      block: codesOf(verdict, 'block'),
      review: codesOf(verdict, 'review'),
      downgrade: verdict.cohorts.some(cohort => cohort.downgrade),
      fixesLost: [...new Set(verdict.cohorts.flatMap(cohort => cohort.fixes.lost))],
      accepted,
    },
    plan: {
      waves: change.plan.waves.length,
      firstShare: change.plan.waves[0]?.share ?? 0,
      soakSeconds: change.plan.soakSeconds,
    },
    route: change.plan.route ?? 'replace',
    tier: tierOf(settings, change.fleet),
    frozen: freezesInForce(freezes, change.fleet, now).map(({ name }) => name),
    outsideWindows: isOutsideWindows(settings, change.fleet, now),
    held: [...new Set(held.map(({ scope }) => scope))].sort(),
    breakGlass: { passes: change.breakGlass?.passes ?? [], confirmed },
    unconfirmed: accepted.filter(named => !confirmed || !change.breakGlass?.accepts?.includes(named)),
    unconsented: unconsentedOf(settings, verdict, counting).map(({ group }) => group),
  }
}

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
