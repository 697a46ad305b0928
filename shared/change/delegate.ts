import { currentApprovals, isAuthor } from './approvals.ts'
import type { Change, Delegation, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { decideBefore } from './summarize.ts'

/** `to`: a person's id. `until`: ISO 8601. `at`: now, epoch milliseconds. */
export type Delegate = { readonly by: Person; readonly to: string; readonly until: string; readonly at: number }

const isLive = ({ endedAt, until }: Delegation, at: number): boolean => endedAt === null && at < Date.parse(until)

/** Delegations in force at an instant (epoch milliseconds). */
const liveDelegations = ({ review }: Change, at: number): readonly Delegation[] =>
  (review?.delegations ?? []).filter(given => isLive(given, at))

/** Those who have delegated to a person, with their groups of then, each once. */
export const delegatorsOf = (change: Change, person: string, at: number): readonly Person[] =>
  liveDelegations(change, at)
    .filter(({ to }) => to === person)
    .map(({ from }) => from)

/**
 * Hands one's decision on one change to somebody else, until an instant within the time to decide. Never to who proposed, planned or built it, and
 * to one person at a time. Who holds a delegation hands nothing on and who has given one takes none, so there are neither chains nor
 * circles; and only own groups go with it.
 */
export const delegate = (change: Change, { by, to, until, at }: Delegate): Outcome => {
  const refused = refusedByStatus(change, 'delegate')
  if (refused) return refused
  if (isAuthor(change, by)) return refuse('own-change')
  if (isAuthor(change, { id: to })) return refuse('delegated-to-author')
  if (to === by.id) return refuse('delegated-to-oneself')
  const [ends, deadline] = [Date.parse(until), Date.parse(decideBefore(change) ?? '')]
  if (!(at < ends && ends <= deadline)) return refuse('until-out-of-time')
  const live = liveDelegations(change, at)
  if (live.some(({ from }) => from.id === by.id)) return refuse('already-delegated')
  if (live.some(given => given.to === by.id || given.from.id === to)) return refuse('delegated-onward')
  if (currentApprovals(change).some(approval => approval.by.id === by.id)) return refuse('already-approved')
  return accept({ type: 'delegated', by, to, until: new Date(ends).toISOString() })
}

/** Takes it back; what was approved on it counts without the groups that it lent, and not at all where it rested on them alone. */
export const revokeDelegation = (change: Change, { by }: { readonly by: Person }): Outcome => {
  const refused = refusedByStatus(change, 'revokeDelegation')
  if (refused) return refused
  const given = change.review?.delegations.findLast(({ from, endedAt }) => from.id === by.id && endedAt === null)
  return given ? accept({ type: 'delegation-revoked', by, to: given.to }) : refuse('nothing-delegated')
}
