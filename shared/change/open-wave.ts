import type { Change } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { activeWave, nextWave } from './waves.ts'

/** `directiveVersion`: of the directive that carries the share to the hosts. */
export type OpenWave = { readonly wave: number; readonly directiveVersion: number }

/** Waves open in the plan's order, each when the one before has passed; a wave that a halt held is opened again. */
export const openWave = (change: Change, { wave, directiveVersion }: OpenWave): Outcome => {
  const refused = refusedByStatus(change, 'openWave')
  if (refused) return refused
  if (activeWave(change) === wave) return refuse('already-open')
  const next = nextWave(change)
  if (next === null) return refuse('no-wave-left')
  const planned = change.plan.waves[wave]
  if (next !== wave || activeWave(change) !== null || planned === undefined) return refuse('out-of-order')
  return accept({ type: 'wave-opened', wave, share: planned.share, directiveVersion })
}
