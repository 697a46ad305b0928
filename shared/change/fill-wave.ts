import type { Change, WaveCounts } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { waveAt } from './waves.ts'

export type FillWave = { readonly wave: number; readonly counts: WaveCounts }

/** Every host of the open share is applied, failed or stalled: the soak begins. */
export const fillWave = (change: Change, { wave, counts }: FillWave): Outcome => {
  const refused = refusedByStatus(change, 'fillWave')
  if (refused) return refused
  if (waveAt(change, wave)?.state !== 'open') return refuse('wave-not-open')
  return accept({ type: 'wave-filled', wave, counts })
}
