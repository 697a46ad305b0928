import { countingApprovals } from '../policy/index.ts'
import type { Approval, Change, Person } from './change.ts'

/** The approvals that count, by the policy room's one rule: of the present digest, not the proposer's, one a person, and not given before `since`. */
export const currentApprovals = (change: Change, since?: number): readonly Approval[] => countingApprovals<Approval>(change, since)

/** Whether a person proposed a change, built its livepatch, or gave it the plan that it has or had: nobody decides on that. */
export const isAuthor = (change: Change, { id }: Pick<Person, 'id'>): boolean =>
  change.proposer.id === id || change.builder === id || (change.review?.planners ?? []).includes(id)
