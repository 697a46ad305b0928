import type { Change, WaveCounts } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { waveAt } from './waves.ts'

export type PassWave = { readonly wave: number; readonly counts: WaveCounts }

/** The gate: a soaked wave passes, or an open one whose time is up with its silent hosts within budget. */
export const passWave = (change: Change, { wave, counts }: PassWave): Outcome => {
  const refused = refusedByStatus(change, 'passWave')
  if (refused) return refused
  const state = waveAt(change, wave)?.state
  if (state !== 'open' && state !== 'soaking') return refuse('wave-not-open')
  return accept({ type: 'wave-passed', wave, counts })
}
