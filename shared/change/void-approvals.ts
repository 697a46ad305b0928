import { isOfDigest } from '../policy/index.ts'
import { currentApprovals } from './approvals.ts'
import type { Approval, Bound, Change, Review } from './change.ts'

/** An approval that counts no more, and why. */
export type VoidApproval = {
  readonly approval: Approval
  readonly why: 'withdrawn' | 'changes-requested' | 'delegator' | 'replaced' | 'expired' | 'moved'
  /** Which parts of what was approved are others now; empty where none is. */
  readonly differs: readonly BoundPart[]
  /** The same in a sentence. */
  readonly text: string
}

const PARTS = ['livepatch', 'verdict', 'plan', 'policy'] as const satisfies readonly (keyof Bound)[]
type BoundPart = (typeof PARTS)[number]

/* Bounds are plain JSON that the same code wrote, so equal ones have equal texts. */
const differing = (seen: Bound, now: Bound): readonly BoundPart[] =>
  PARTS.filter(part => JSON.stringify(seen[part]) !== JSON.stringify(now[part]))

const listed = (parts: readonly string[]): string => [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter(Boolean).join(' and ')

const explain = (approval: Approval, { bound: now, digest }: Pick<Review, 'bound' | 'digest'>, isReplaced: boolean): VoidApproval => {
  const { name } = approval.by
  const isPresent = isOfDigest(approval, digest)
  const differs = isPresent ? [] : differing(approval.bound, now)
  if (approval.withdrawnBy === 'request-for-changes')
    return { approval, why: 'changes-requested', differs, text: `${name} asked for changes instead at ${approval.withdrawnAt}.` }
  if (approval.withdrawnBy === 'delegator')
    return { approval, why: 'delegator', differs, text: `Void, because who let ${name} decide took that back at ${approval.withdrawnAt}.` }
  if (approval.withdrawnAt !== null) return { approval, why: 'withdrawn', differs, text: `${name} withdrew it at ${approval.withdrawnAt}.` }
  if (isPresent && isReplaced) return { approval, why: 'replaced', differs, text: `${name} approved again later.` }
  if (isPresent)
    return {
      approval,
      why: 'expired',
      differs,
      text: `Void, because ${name} approved too long ago; look at the change again and approve it again.`,
    }
  const moved = differs.length === 0 ? `it was revised since ${name} approved` : `the ${listed(differs)} changed since ${name} approved`
  return { approval, why: 'moved', differs, text: `Void, because ${moved}; look at the change again and approve its new digest.` }
}

/** The approvals of a change that do not count, oldest first; those from before `since` (epoch milliseconds) are too old. */
export const voidApprovals = (change: Change, since?: number): readonly VoidApproval[] => {
  const { review } = change
  if (review === null) return []
  const counting = currentApprovals(change, since)
  const newest = currentApprovals(change)
  const others = review.approvals.filter(approval => !counting.includes(approval))
  return others.map(approval => explain(approval, review, !newest.includes(approval)))
}
