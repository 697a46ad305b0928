import type { Change, HaltReason, Person, Rejudged } from './change.ts'
import { accept, type Outcome, refusedByStatus } from './outcome.ts'
import { activeWave } from './waves.ts'

/** Actor of what the workflow does by itself. */
export const WORKFLOW = 'supersede'

/** The workflow's reasons; a person's is `pause`. `rejudged`: the newer verdict that is why, of a change that was released. */
export type HaltCommand = {
  readonly code: Exclude<HaltReason['code'], 'paused'>
  readonly detail: string
  readonly rejudged?: Omit<Rejudged, 'at'> | undefined
}

/** The workflow holds the change where it is: nothing opens until a person resumes or aborts it. */
export const halt = (change: Change, { code, detail, rejudged }: HaltCommand): Outcome => {
  const refused = refusedByStatus(change, 'halt')
  if (refused) return refused
  const found = rejudged && change.rollout !== null ? [{ type: 'rejudged', ...rejudged } as const] : []
  return accept(...found, { type: 'halted', wave: activeWave(change), reason: { code, detail }, by: WORKFLOW })
}

/** `reason` may be empty: who stops in a hurry is not asked for an essay. */
export type Pause = { readonly by: Person; readonly reason: string }

/** A person holds a released change; before its release nothing moves, so there is nothing to hold. */
export const pause = (change: Change, { by, reason }: Pause): Outcome => {
  const refused = refusedByStatus(change, 'pause')
  if (refused) return refused
  const detail = reason.trim() === '' ? `Paused by ${by.name}.` : reason
  return accept({ type: 'halted', wave: activeWave(change), reason: { code: 'paused', detail }, by: by.id })
}
