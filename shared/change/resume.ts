import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

export type Resume = { readonly by: Person }

/** Goes on where it was held. What was halted before its release stays held: nobody has let it go to hosts yet. */
export const resume = (change: Change, { by }: Resume): Outcome => {
  const refused = refusedByStatus(change, 'resume')
  if (refused) return refused
  if (change.rollout === null) return refuse('never-released')
  return accept({ type: 'resumed', by })
}
