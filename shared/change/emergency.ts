import { isAuthor } from './approvals.ts'
import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { isUnseen } from './view-digest.ts'

/** `at`: now, epoch milliseconds. `secondsMax`: after the proposal. */
export type Confirm = {
  readonly by: Person
  readonly digest: string
  readonly seen?: string | undefined
  readonly at: number
  readonly secondsMax: number
}

/** Until when an emergency may be confirmed, epoch milliseconds. */
export const confirmBefore = (change: Change, secondsMax: number): number => Date.parse(change.proposedAt) + secondsMax * 1_000

/**
 * A second person says that the emergency which the proposal names is one. Only then, and for this digest only, are the policies passed that
 * it names; and a review is open from here on. Too late it counts for nothing any more.
 */
export const confirmEmergency = (change: Change, { by, digest, seen, at, secondsMax }: Confirm): Outcome => {
  const refused = refusedByStatus(change, 'confirm')
  if (refused) return refused
  if (isAuthor(change, by)) return refuse('own-change')
  if (change.breakGlass === null) return refuse('no-emergency')
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (isUnseen(change, seen)) return refuse('stale-view')
  if (change.review.confirmation !== null) return refuse('confirmed-already')
  if (at >= confirmBefore(change, secondsMax)) return refuse('confirmed-too-late')
  return accept({ type: 'emergency-confirmed', by, digest, ...(seen === undefined ? {} : { seen }) })
}

/**
 * Closes the review that an emergency opened, with what came of it: by somebody who neither proposed nor confirmed. It is no step of the
 * lifecycle, so it is possible in every status, and after the end.
 */
export const closeReview = (change: Change, { by, text }: { readonly by: Person; readonly text: string }): Outcome => {
  const open = change.review?.afterReview ?? null
  if (open === null || open.closed !== null) return refuse('no-open-review')
  if (isAuthor(change, by) || open.confirmers.includes(by.id)) return refuse('own-emergency')
  if (text.trim() === '') return refuse('reason-missing')
  return accept({ type: 'review-closed', by, text })
}

/** Of the review that an emergency opens; null where none was confirmed. */
export const afterReviewOf = ({ review }: Change): 'open' | 'closed' | null => {
  const after = review?.afterReview ?? null
  if (after === null) return null
  return after.closed === null ? 'open' : 'closed'
}
