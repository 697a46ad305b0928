import { type Change, type ChangeEvent, evolve, release } from '../shared/change/index.ts'
import { type Decision, type Hold, releaseQuestion } from '../shared/policy/index.ts'
import type { Ports } from './ports.ts'

export type ReleasePorts = Pick<Ports, 'catalog' | 'policy' | 'now'>
export type Released = { readonly events: readonly ChangeEvent[]; readonly decision: Decision }

/**
 * Does policy let a change in review go, with these events on top? Null: not now. The release goes into the commit of the approval that brings
 * it about, so that no approval can be the last one unnoticed. `held`: the holds in force on it.
 */
export const releaseOf = async (
  { catalog, policy, now }: ReleasePorts,
  change: Change,
  held: readonly Hold[],
  events: readonly ChangeEvent[] = [],
): Promise<Released | null> => {
  const at = now()
  const approved = events.reduce<Change>((state, event) => evolve(state, event, new Date(at).toISOString()), change)
  const verdict = approved.status === 'in-review' ? await catalog.verdict(approved.review.bound.verdict) : null
  if (!verdict || !approved.review) return null
  const answer = policy.authorize(releaseQuestion('releaseChange', policy.set(), approved, verdict, { held, now: at }))
  if (!answer.allowed) return null
  const outcome = release(approved, { digest: approved.review.digest, decision: answer.decision })
  return outcome.ok ? { events: outcome.events, decision: answer.decision } : null
}
