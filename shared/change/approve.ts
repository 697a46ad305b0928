import { currentApprovals } from './approvals.ts'
import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

export type Approve = { readonly by: Person; readonly digest: string; readonly comment: string }

/** An approval binds to the digest that was seen, so that nothing edited afterwards can inherit it. */
export const approve = (change: Change, { by, digest, comment }: Approve): Outcome => {
  const refused = refusedByStatus(change, 'approve')
  if (refused) return refused
  if (change.proposer.id === by.id) return refuse('own-change')
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (currentApprovals(change).some(approval => approval.by.id === by.id)) return refuse('already-approved')
  return accept({ type: 'approved', by, digest, comment })
}
