import { digestOf } from '../canonical/index.ts'
import type { Plan } from '../rollout/index.ts'
import type { Verdict } from '../verdict/index.ts'
import type { Change, ChangeEvent } from './change.ts'
import { changeDigest } from './change-digest.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

export type Judge = {
  readonly verdict: Verdict
  /** Digest under which the catalog keeps the verdict. */
  readonly verdictDigest: string
  /** Version of the policy set that will decide on the release. */
  readonly policyVersion: string
  /** Ids of those whose approvals count on where only the policies moved; those in force say whether anybody's do. */
  readonly carries?: readonly string[]
}

const blockedBy = ({ verdict, verdictDigest }: Judge): ChangeEvent => {
  const codes = verdict.findings.filter(finding => finding.severity === 'block').map(finding => finding.code)
  return { type: 'blocked', verdict: verdictDigest, codes: [...new Set(codes)].sort() }
}

const onlyPolicyMoved = (before: object, found: object): boolean =>
  digestOf({ ...before, policy: '' }) === digestOf({ ...found, policy: '' })

/** What a judgement on a plan makes of a change; null where it says exactly what is recorded already. */
export const judgementOf = (change: Change, plan: Plan, judged: Judge): ChangeEvent | null => {
  const { verdict, verdictDigest, policyVersion } = judged
  if (verdict.outcome === 'block') return blockedBy(judged)
  const found = {
    livepatch: change.livepatch,
    verdict: verdictDigest,
    plan,
    policy: policyVersion,
    ...(change.breakGlass === null ? {} : { breakGlass: change.breakGlass }),
  }
  const { revision, ...before } = change.review?.bound ?? {}
  if (change.review !== null && digestOf(before) === digestOf(found)) return null
  const bound = change.review === null ? found : { ...found, revision: (revision ?? 0) + 1 }
  const downgrade = verdict.cohorts.some(cohort => cohort.downgrade)
  const carried = onlyPolicyMoved(before, found) ? (judged.carries ?? []) : []
  const judgement = { type: 'judged', digest: changeDigest(change, bound), bound, outcome: verdict.outcome, downgrade } as const
  return carried.length === 0 ? judgement : { ...judgement, carried }
}

/**
 * A blocking verdict ends the change; any other puts it into review under a digest of all that people will approve. Judged
 * again in review with something moved, the digest moves, and approvals of the old one stop counting.
 */
export const judge = (change: Change, judged: Judge): Outcome => {
  const refused = refusedByStatus(change, 'judge')
  if (refused) return refused
  const event = judgementOf(change, change.plan, judged)
  return event === null ? refuse('already-judged') : accept(event)
}
