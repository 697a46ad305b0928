import { digestOf } from '../canonical/index.ts'
import type { Change } from './change.ts'

/** Which facts an approver is shown. Counts up whenever it is others, so that an old record is never read as one of the new. */
export const VIEW_SCHEMA = 'supersede.view/1'

/**
 * Digest of what an approver is shown: who asks for what, where, why and by which plan, and the verdict with its cohorts and findings, each by
 * its own digest. It says more than the change digest, which people may not tell apart from that of another fleet's change. Approvals,
 * needs and times are no part of it: they move while people read. Null before the first judgement.
 */
export const viewDigest = ({ id, fleet, livepatch, proposer, reason, breakGlass, review }: Change): string | null => {
  if (review === null) return null
  const { digest, bound, revision } = review
  return digestOf({
    schema: VIEW_SCHEMA,
    ...{ change: id, fleet, livepatch, proposer: { id: proposer.id, name: proposer.name }, reason },
    ...(breakGlass === null ? {} : { breakGlass }),
    revision: revision && { by: revision.by.id, reason: revision.reason },
    ...{ digest, verdict: bound.verdict, plan: bound.plan },
  })
}

/** What a decision says about that: a view that is another one now was not seen. Left out, nothing is claimed. */
export const isUnseen = (change: Change, seen: string | undefined): boolean => seen !== undefined && seen !== viewDigest(change)
