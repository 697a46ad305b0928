import { isAuthor } from './approvals.ts'
import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { isUnseen } from './view-digest.ts'

export type RequestChanges = { readonly by: Person; readonly digest: string; readonly reason: string; readonly seen?: string | undefined }

/**
 * Holds the release without declining: the request stands until its author takes it back or approves, or the digest moves. An
 * approval of the same person is taken back with it, for nobody says yes and no at once.
 */
export const requestChanges = (change: Change, { by, digest, reason, seen }: RequestChanges): Outcome => {
  const refused = refusedByStatus(change, 'requestChanges')
  if (refused) return refused
  if (isAuthor(change, by)) return refuse('own-change')
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (isUnseen(change, seen)) return refuse('stale-view')
  if (reason.trim() === '') return refuse('reason-missing')
  if (change.review.changesRequested.some(request => request.by.id === by.id && request.reason === reason))
    return refuse('already-requested')
  return accept({ type: 'changes-requested', by, digest, reason, ...(seen === undefined ? {} : { seen }) })
}
