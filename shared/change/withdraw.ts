import { currentApprovals } from './approvals.ts'
import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

/** `reason` may be empty: nobody is asked for an essay before a doubt counts. */
export type Withdraw = { readonly by: Person; readonly reason: string }

/** A person takes back the word of theirs that counts, an approval or a request for changes, until the release. An approval stays on record as withdrawn. */
export const withdraw = (change: Change, { by, reason }: Withdraw): Outcome => {
  const refused = refusedByStatus(change, 'withdraw')
  if (refused) return refused
  const said = [...currentApprovals(change), ...(change.review?.changesRequested ?? [])]
  const own = said.find(word => word.by.id === by.id)
  if (own === undefined) return refuse('nothing-to-withdraw')
  return accept({ type: 'withdrawn', by, digest: own.digest, reason })
}
