import { type Change, type ChangeEvent, evolve, release } from '../shared/change/index.ts'
import { type Decision, releaseQuestion } from '../shared/policy/index.ts'
import type { Ports } from './ports.ts'
import { situationOf } from './situation-of.ts'

export type ReleasePorts = Pick<Ports, 'catalog' | 'holds' | 'policy' | 'now'>
export type Released = { readonly events: readonly ChangeEvent[]; readonly decision: Decision }

/**
 * Does policy let a change in review go, with these events on top? Null: not now. The release goes into the commit of the approval that brings
 * it about, so that no approval can be the last one unnoticed.
 */
export const releaseOf = async (ports: ReleasePorts, change: Change, events: readonly ChangeEvent[] = []): Promise<Released | null> => {
  const { catalog, policy, now } = ports
  const at = new Date(now()).toISOString()
  const approved = events.reduce<Change>((state, event) => evolve(state, event, at), change)
  const verdict = approved.status === 'in-review' ? await catalog.verdict(approved.review.bound.verdict) : null
  if (!verdict || !approved.review) return null
  const situation = await situationOf(ports, approved)
  const answer = policy.authorize(releaseQuestion('releaseChange', policy.set(), approved, verdict, situation))
  if (!answer.allowed) return null
  const outcome = release(approved, { digest: approved.review.digest, decision: answer.decision })
  return outcome.ok ? { events: outcome.events, decision: answer.decision } : null
}
