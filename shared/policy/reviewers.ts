import type { Verdict } from '../verdict/index.ts'
import { groupsIn } from './count-down.ts'
import { type Approved, approvalsSince, countingApprovals } from './counting-approvals.ts'
import { authorize } from './decision.ts'
import type { PolicySet } from './load-policies.ts'
import { type Releasable, releaseQuestion, type Situation } from './release.ts'

/** A group that is asked about a change: how many of it are needed, who of it has approved, and whether it is still waited for. */
export type Reviewers = {
  readonly group: string
  readonly needed: number
  /** Ids of people. */
  readonly approved: readonly string[]
  readonly waiting: boolean
  /** The rule that asks. */
  readonly policy: string
}

/**
 * Which groups the policies ask about this very change: those of the rules that would hold it if nobody had approved. Precondition:
 * `verdict` is the one that the change's digest binds.
 */
export const reviewersOf = (policySet: PolicySet, change: Releasable, verdict: Verdict, situation: Situation): readonly Reviewers[] => {
  if (change.review === null) return []
  const holding = (asked: Releasable): readonly string[] => {
    const answer = authorize(policySet, releaseQuestion('releaseChange', policySet, asked, verdict, situation))
    return answer.allowed ? [] : answer.policies
  }
  const unapproved = holding({ ...change, review: { ...change.review, approvals: [] } })
  const open = holding(change)
  const counting = countingApprovals<Approved>(change, approvalsSince(policySet.settings, change, situation.now))
  const membersOf = (group: string) => counting.filter(({ by }) => by.groups.includes(group)).map(({ by }) => by.id)
  return policySet.policies
    .filter(({ id }) => unapproved.includes(id))
    .flatMap(({ id, text }) =>
      groupsIn(text).map(([group, needed]) => ({ group, needed, approved: membersOf(group), waiting: open.includes(id), policy: id })),
    )
}
