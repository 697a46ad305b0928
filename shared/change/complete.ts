import type { Change, WaveCounts } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { nextWave } from './waves.ts'

export type Complete = { readonly counts: WaveCounts }

/** The last wave has passed and the lineage is recorded. Ordering duty: append it after the edges, so that a retry adds them again rather than never. */
export const complete = (change: Change, { counts }: Complete): Outcome => {
  const refused = refusedByStatus(change, 'complete')
  if (refused) return refused
  if (nextWave(change) !== null) return refuse('waves-left')
  return accept({ type: 'completed', counts })
}
