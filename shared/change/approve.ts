import { currentApprovals, isAuthor } from './approvals.ts'
import type { Approval, Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { isUnseen } from './view-digest.ts'

export type Approve = {
  readonly by: Person
  readonly digest: string
  readonly comment: string
  /** What is signed off by name (codes of findings, `downgrade`); may be left out. */
  readonly signOff?: readonly string[]
  /** Digest of what was looked at; may be left out. */
  readonly seen?: string | undefined
  /** Those who have delegated to them (delegatorsOf). */
  readonly onBehalf?: readonly Person[]
  /** Their own groups would not let them. */
  readonly onlyOnBehalf?: boolean
  /** Approvals from before count no more (epoch milliseconds; policy's approvalsSince). */
  readonly since?: number
}

const covers = (approval: Approval, signOff: readonly string[], onBehalf: readonly Person[]): boolean =>
  signOff.every(code => approval.signOff.includes(code)) && onBehalf.every(({ id }) => approval.onBehalf.some(other => other.id === id))

/**
 * An approval binds to the digest that was seen, so that nothing edited afterwards can inherit it. Who has approved may approve
 * again to sign off more, for somebody who delegated meanwhile, or when the approval has grown too old; the later approval counts in the place of the earlier and keeps what that one signed off.
 */
export const approve = (change: Change, command: Approve): Outcome => {
  const { by, digest, comment, signOff = [], seen, onBehalf = [], onlyOnBehalf = false, since } = command
  const refused = refusedByStatus(change, 'approve')
  if (refused) return refused
  if (isAuthor(change, by)) return refuse('own-change')
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (isUnseen(change, seen)) return refuse('stale-view')
  const earlier = currentApprovals(change, since).find(approval => approval.by.id === by.id)
  if (earlier && covers(earlier, signOff, onBehalf)) return refuse('already-approved')
  const signed = [...new Set([...(earlier?.signOff ?? []), ...signOff])].sort()
  return accept({
    type: 'approved',
    by,
    digest,
    comment,
    ...(signed.length === 0 ? {} : { signOff: signed }),
    ...(onBehalf.length === 0 ? {} : { onBehalf }),
    ...(onlyOnBehalf && onBehalf.length > 0 ? { onlyOnBehalf: true as const } : {}),
    ...(seen === undefined ? {} : { seen }),
  })
}
