import type { Change, Person } from './change.ts'
import { accept, type Outcome, refusedByStatus } from './outcome.ts'

/** `reason` may be empty, as for a pause. */
export type Abort = { readonly by: Person; readonly reason: string }

/** Ends a change in any status that is not an end: abort always wins. Hosts that have moved stay where they are. */
export const abort = (change: Change, { by, reason }: Abort): Outcome => {
  const refused = refusedByStatus(change, 'abort')
  if (refused) return refused
  return accept({ type: 'aborted', by, reason: reason.trim() === '' ? 'no reason given' : reason })
}
