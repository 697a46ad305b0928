import type { Change } from './change.ts'
import { accept, type Outcome, refusedByStatus } from './outcome.ts'

/** A change that nobody decides on in its time is declined. `missing`: what it still needed, in words. */
export type Expire = { readonly missing: readonly string[] }

export const expire = (change: Change, { missing }: Expire): Outcome => {
  const refused = refusedByStatus(change, 'expire')
  if (refused) return refused
  const needed = missing.length === 0 ? '' : ` Still missing: ${missing.join('; ')}.`
  return accept({ type: 'expired', detail: `Not decided within ${change.plan.approvalSecondsMax} s.${needed}` })
}
