import * as z from 'zod'
import { Plan } from '../rollout/index.ts'
import type { Verdict } from '../verdict/index.ts'
import { authorize } from './decision.ts'
import type { PolicySet } from './load-policies.ts'
import { minuteText, type Need, needsForRelease } from './missing-for-release.ts'
import { changeResource, type Releasable } from './release.ts'
import { stricterOf } from './settings.ts'

const Said = z.object({
  by: z.string(),
  name: z.string(),
  groups: z.array(z.string()),
  at: z.string(),
  signOff: z.array(z.string()).default([]),
})

/** A change as `GET /changes/{change}` tells it, as far as its release was decided on it. */
export const PastChange = z.object({
  id: z.string(),
  fleet: z.string(),
  status: z.string(),
  digest: z.string().nullable(),
  proposer: z.string(),
  /** Who submitted the livepatch, where that was somebody else. */
  builder: z.string().nullish(),
  proposedAt: z.string(),
  plan: Plan,
  approvals: z.array(Said),
  changesRequested: z.array(z.object({ by: z.string(), name: z.string(), reason: z.string() })).default([]),
  breakGlass: z.object({ passes: z.array(z.string()), accepts: z.array(z.string()).optional() }).nullish(),
  confirmation: z.object({ at: z.string() }).nullish(),
  timeline: z.array(z.object({ at: z.string(), type: z.string() })),
})
export type PastChange = z.infer<typeof PastChange>

/** When a change's release was decided for good: as it was released, as it ended, or else now (epoch milliseconds). */
const decidedAt = ({ status, timeline }: PastChange, now: number): number => {
  const released = timeline.find(({ type }) => type === 'released')
  const ended = ['declined', 'aborted', 'blocked', 'completed'].includes(status) ? timeline.at(-1) : undefined
  return Date.parse((released ?? ended)?.at ?? new Date(now).toISOString())
}

/** What a policy set blocks that was only reviewed or noted. What was raised then is not: these policies say themselves what they raise. */
const underSettings = ({ settings }: PolicySet, fleet: string, verdict: Verdict): Verdict => {
  const stricter = stricterOf(settings, fleet)
  const findings = verdict.findings.map(finding => {
    if (stricter.has(finding.code)) return { ...finding, severity: 'block' as const }
    return 'raisedBecause' in finding.evidence ? { ...finding, severity: 'review' as const } : finding
  })
  const outcome = (['block', 'review', 'note'] as const).find(severity => findings.some(finding => finding.severity === severity))
  return { ...verdict, findings, outcome: outcome ?? 'clear' }
}

/** The second person's word, where it came in the time that these policies leave for it. */
const confirmationOf = ({ settings }: PolicySet, { proposedAt, confirmation }: PastChange): PastChange['confirmation'] => {
  const end = Date.parse(proposedAt) + settings.breakGlass.confirmSecondsMax * 1_000
  return confirmation && Date.parse(confirmation.at) < end ? confirmation : null
}

const releasableOf = (policySet: PolicySet, past: PastChange): Releasable => {
  const { id, fleet, plan, builder = null, breakGlass = null } = past
  const change = { id, fleet, plan, builder, breakGlass, proposer: { id: past.proposer } }
  const resource = changeResource(change)
  const mayApprove = ({ by, groups }: PastChange['approvals'][number]): boolean =>
    authorize(policySet, {
      principal: { type: 'Person', id: by, groups },
      action: 'approveChange',
      resource,
      context: { decision: 'approve' },
    }).allowed
  const digest = past.digest ?? ''
  const approvals = past.approvals
    .filter(mayApprove)
    .map(({ by, groups, at, signOff }) => ({ by: { id: by, groups }, digest, signOff, at, withdrawnAt: null }))
  const changesRequested = past.changesRequested.map(({ name, reason }) => ({ by: { name }, reason }))
  const confirmation = confirmationOf(policySet, past)
  return { ...change, review: { digest, approvals, changesRequested, confirmation }, rollout: null }
}

const firstOfEach = (needs: readonly Need[]): readonly Need[] =>
  needs.filter(({ policy }, index) => needs.findIndex(other => other.policy === policy) === index)

/** What the waves that opened would still have needed, each rule once: at the first wave that it would have held back. */
const wavesNeed = (policySet: PolicySet, past: PastChange, change: Releasable, verdict: Verdict): readonly Need[] => {
  const released = past.timeline.find(({ type }) => type === 'released')
  if (released === undefined) return []
  const opened = past.timeline.filter(({ type }) => type === 'wave-opened')
  const underway = { ...change, rollout: { releasedAt: released.at } }
  return opened.flatMap(({ at }) => {
    const now = Date.parse(at)
    const needs = needsForRelease(policySet, underway, verdict, { now, held: [] }, { action: 'openWave' })
    return needs.map(({ text, policy }) => ({ text: `for the wave at ${minuteText(now)}: ${text}`, policy }))
  })
}

/**
 * What a past change would still have needed for its release under other policies, at the time when it was decided on, with what was
 * said on it by then, and what its waves would have needed when they opened; empty: all would have gone as it went. An emergency counts
 * where it was confirmed in time. Holds are not replayed.
 */
export const replayRelease = (policySet: PolicySet, past: PastChange, verdict: Verdict, now: number): readonly Need[] => {
  const change = releasableOf(policySet, past)
  const judged = underSettings(policySet, past.fleet, verdict)
  const needs = needsForRelease(policySet, change, judged, { now: decidedAt(past, now), held: [] })
  return firstOfEach([...needs, ...wavesNeed(policySet, past, change, judged)])
}
