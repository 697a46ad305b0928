import type { Verdict } from '../verdict/index.ts'
import type { Change } from './change.ts'
import { changeDigest } from './change-digest.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

export type Judge = {
  readonly verdict: Verdict
  /** Digest under which the catalog keeps the verdict. */
  readonly verdictDigest: string
  /** Version of the policy set that will decide on the release. */
  readonly policyVersion: string
}

/**
 * A blocking verdict ends the change; any other puts it into review under a digest of all that people will approve. Judged
 * again in review with something moved, the digest moves, and approvals of the old one stop counting.
 */
export const judge = (change: Change, { verdict, verdictDigest, policyVersion }: Judge): Outcome => {
  const refused = refusedByStatus(change, 'judge')
  if (refused) return refused
  if (verdict.outcome === 'block') {
    const codes = verdict.findings.filter(finding => finding.severity === 'block').map(finding => finding.code)
    return accept({ type: 'blocked', verdict: verdictDigest, codes: [...new Set(codes)].sort() })
  }
  const bound = { livepatch: change.livepatch, verdict: verdictDigest, plan: change.plan, policy: policyVersion }
  const digest = changeDigest(bound)
  if (change.review?.digest === digest) return refuse('already-judged')
  const downgrade = verdict.cohorts.some(cohort => cohort.downgrade)
  return accept({ type: 'judged', digest, bound, outcome: verdict.outcome, downgrade })
}
