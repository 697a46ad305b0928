import * as z from 'zod'
import { Plan } from '../rollout/index.ts'
import type { Verdict } from '../verdict/index.ts'
import { authorize } from './decision.ts'
import type { PolicySet } from './load-policies.ts'
import { type Need, needsForRelease } from './missing-for-release.ts'
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
  proposedAt: z.string(),
  plan: Plan,
  approvals: z.array(Said),
  changesRequested: z.array(z.object({ by: z.string(), name: z.string(), reason: z.string() })).default([]),
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

const releasableOf = (policySet: PolicySet, past: PastChange): Releasable => {
  const change = { id: past.id, fleet: past.fleet, plan: past.plan, proposer: { id: past.proposer } }
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
  return { ...change, review: { digest, approvals, changesRequested }, rollout: null }
}

/**
 * What a past change would still have needed for its release under other policies, at the time when it was decided on, with what was
 * said on it by then; empty: it would have been released. Holds and emergencies are not replayed.
 */
export const replayRelease = (policySet: PolicySet, past: PastChange, verdict: Verdict, now: number): readonly Need[] =>
  needsForRelease(policySet, releasableOf(policySet, past), underSettings(policySet, past.fleet, verdict), {
    now: decidedAt(past, now),
    held: [],
  })
