import { isAuthor } from './approvals.ts'
import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { isUnseen } from './view-digest.ts'

export type Reject = { readonly by: Person; readonly digest: string; readonly reason: string; readonly seen?: string | undefined }

/** One no of somebody who may approve declines the change. It binds to the digest that was seen, as an approval does. */
export const reject = (change: Change, { by, digest, reason, seen }: Reject): Outcome => {
  const refused = refusedByStatus(change, 'reject')
  if (refused) return refused
  if (isAuthor(change, by)) return refuse('own-change')
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (isUnseen(change, seen)) return refuse('stale-view')
  if (reason.trim() === '') return refuse('reason-missing')
  return accept({ type: 'rejected', by, digest, reason, ...(seen === undefined ? {} : { seen }) })
}
