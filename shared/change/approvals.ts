import { countingApprovals } from '../policy/index.ts'
import type { Approval, Change } from './change.ts'

/** The approvals that count, by the policy room's one rule: of the present digest, not the proposer's, one a person. */
export const currentApprovals = (change: Change): readonly Approval[] => countingApprovals<Approval>(change)
