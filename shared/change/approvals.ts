import type { Approval, Change } from './change.ts'

/**
 * The approvals that count: of the change's present digest, not by its proposer, one a person (the newest). Everything
 * that asks "is it approved" asks here, so that an approval of another digest can count nowhere.
 */
export const currentApprovals = (change: Change): readonly Approval[] => {
  if (change.review === null) return []
  const { digest, approvals } = change.review
  const counting = approvals.filter(approval => approval.digest === digest && approval.by.id !== change.proposer.id)
  return [...new Map(counting.map(approval => [approval.by.id, approval])).values()]
}
