import { digestOf } from '../canonical/index.ts'
import type { Plan } from '../rollout/index.ts'
import type { Change, Person } from './change.ts'
import { type Judge, judgementOf } from './judge.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

/** `id`: of the request. `digest`: what the reviser saw. `plan`: complete and sound, as for a proposal; null keeps the present one. */
export type Revise = Judge & {
  readonly id: string
  readonly by: Person
  readonly digest: string
  readonly plan: Plan | null
  readonly reason: string
}

/** Each is a wait more in the workflow's history, which is bounded. */
export const REVISIONS_MAX = 100

/**
 * Judges a change in review again, on today's stacks and policies and perhaps another plan. The digest always moves, and never back to an
 * earlier one, so approvals and requests for changes fall; where nothing moved it is refused, because that would void them for nothing.
 */
export const revise = (change: Change, { id, by, digest, plan, reason, ...judged }: Revise): Outcome => {
  const refused = refusedByStatus(change, 'revise')
  if (refused) return refused
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (reason.trim() === '') return refuse('reason-missing')
  if ((change.review.bound.revision ?? 0) >= REVISIONS_MAX) return refuse('too-many-revisions')
  const isOther = plan !== null && digestOf(plan) !== digestOf(change.plan)
  const judgement = judgementOf(change, plan ?? change.plan, judged)
  if (judgement === null) return refuse('nothing-moved')
  return accept({ type: 'revised', id, by, reason, ...(isOther ? { plan } : {}) }, judgement)
}
