import type { Decision } from '../policy/index.ts'
import type { Change } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

/** `digest`: the one whose verdict and approvals the policy was asked about. */
export type Release = { readonly digest: string; readonly decision: Decision }

/**
 * Releases on the policy room's word alone. The decision must be on this change's digest and under the policy that the
 * digest binds: approvals given under one policy release nothing under another.
 */
export const release = (change: Change, { digest, decision }: Release): Outcome => {
  const refused = refusedByStatus(change, 'release')
  if (refused) return refused
  if (change.review?.digest !== digest) return refuse('stale-digest')
  if (decision.action !== 'releaseChange') return refuse('no-leave')
  if (decision.policyVersion !== change.review.bound.policy) return refuse('policy-changed')
  return accept({ type: 'released', digest, policies: decision.policies })
}
