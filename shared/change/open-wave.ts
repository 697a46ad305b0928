import type { Change, Rejudged } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'
import { activeWave, nextWave } from './waves.ts'

/** `directiveVersion`: of the directive that carries the share to the hosts. `rejudged`: a newer verdict that is no worse and covers what is new. */
export type OpenWave = { readonly wave: number; readonly directiveVersion: number; readonly rejudged?: Omit<Rejudged, 'at'> | undefined }

/**
 * Waves open in the plan's order, each when the one before has passed; a wave that a halt held is opened again, and so is an open one for
 * stacks that appeared while it was, once they are judged.
 */
export const openWave = (change: Change, { wave, directiveVersion, rejudged }: OpenWave): Outcome => {
  const refused = refusedByStatus(change, 'openWave')
  if (refused) return refused
  const isForNewStacks = activeWave(change) === wave && rejudged !== undefined
  if (activeWave(change) === wave && !isForNewStacks) return refuse('already-open')
  const next = nextWave(change)
  if (next === null) return refuse('no-wave-left')
  const planned = change.plan.waves[wave]
  if (next !== wave || (activeWave(change) !== null && !isForNewStacks) || planned === undefined) return refuse('out-of-order')
  if (rejudged && rejudged.worse.length > 0) return refuse('worse')
  return accept(...(rejudged ? [{ type: 'rejudged', ...rejudged } as const] : []), {
    type: 'wave-opened',
    wave,
    share: planned.share,
    directiveVersion,
  })
}
