import { type Hold, type HoldRecord, type HoldScope, isRunning } from './hold.ts'

type Who = { readonly id: string; readonly name: string }

/** What happens to a hold. That it ends at its time is no event: it stands in the one before. */
export type HoldEvent =
  | {
      readonly type: 'hold-placed'
      readonly id: string
      readonly scope: HoldScope
      readonly target: string | null
      readonly by: Who
      readonly reason: string
      readonly expiresAt: string
    }
  | { readonly type: 'hold-extended'; readonly by: Who; readonly reason: string; readonly expiresAt: string }
  | { readonly type: 'hold-lifted'; readonly by: Who; readonly reason: string }

export type HoldRefusal = 'ends-before-it-begins' | 'ends-too-late' | 'ends-no-later' | 'lifted' | 'expired'
export type HoldOutcome =
  | { readonly ok: true; readonly event: HoldEvent }
  | { readonly ok: false; readonly refused: HoldRefusal; readonly detail: string }

/** Of a hold that says nothing of its end. */
export const HOLD_SECONDS = 86_400

const refuse = (refused: HoldRefusal, detail: string): HoldOutcome => ({ ok: false, refused, detail })

/** When a hold is placed or extended, and how long it may last from then on (settings.json). */
type Bounds = { readonly now: number; readonly secondsMax: number }

/** A hold is for a while: what shall stay away for good is no hold but a change of the catalog or of policy. */
const refusedEnd = (expiresAt: string, { now, secondsMax }: Bounds): HoldOutcome | null => {
  const end = Date.parse(expiresAt)
  if (end <= now) return refuse('ends-before-it-begins', `Let the hold end in the future; ${expiresAt} is over.`)
  const last = now + secondsMax * 1_000
  if (end > last)
    return refuse('ends-too-late', `Let the hold end by ${new Date(last).toISOString()}; extend it later if it is still needed.`)
  return null
}

export const placeHold = (placed: Omit<Extract<HoldEvent, { type: 'hold-placed' }>, 'type'>, bounds: Bounds): HoldOutcome =>
  refusedEnd(placed.expiresAt, bounds) ?? { ok: true, event: { type: 'hold-placed', ...placed } }

const refusedAsEnded = (hold: HoldRecord, now: number): HoldOutcome | null => {
  const { lifted, expiresAt } = hold
  if (lifted) return refuse('lifted', `${lifted.by.name} lifted it at ${lifted.at}: ${lifted.reason} Place a new one if it is needed.`)
  return isRunning(hold, now) ? null : refuse('expired', `It ended at ${expiresAt}. Place a new one if it is needed.`)
}

type Extend = { readonly by: Who; readonly reason: string; readonly expiresAt: string }

/** Only ever to a later end: who wants less lifts it, and is asked whether they may. */
export const extendHold = (hold: HoldRecord, { by, reason, expiresAt }: Extend, bounds: Bounds): HoldOutcome => {
  const refused = refusedAsEnded(hold, bounds.now) ?? refusedEnd(expiresAt, bounds)
  if (refused) return refused
  if (Date.parse(expiresAt) <= Date.parse(hold.expiresAt))
    return refuse('ends-no-later', `It lasts until ${hold.expiresAt} already; name a later end, or lift it.`)
  return { ok: true, event: { type: 'hold-extended', by, reason, expiresAt } }
}

export const liftHold = (hold: HoldRecord, { by, reason }: { readonly by: Who; readonly reason: string }, now: number): HoldOutcome =>
  refusedAsEnded(hold, now) ?? { ok: true, event: { type: 'hold-lifted', by, reason } }

/** Folds one event into a hold; `at` is the commit's time, ISO 8601. Throws where the events cannot have come from commands. */
export const evolveHold = (hold: HoldRecord | null, event: HoldEvent, at: string): HoldRecord => {
  if (event.type === 'hold-placed') {
    const { id, scope, target, by, reason, expiresAt } = event
    return { id, scope, target, owner: by, reason, placedAt: at, expiresAt, lifted: null }
  }
  if (hold === null) throw new Error(`the first event of a hold is hold-placed, not ${event.type}`)
  return event.type === 'hold-extended'
    ? { ...hold, expiresAt: event.expiresAt }
    : { ...hold, lifted: { by: event.by, at, reason: event.reason } }
}

/** A hold as policies see it. */
export const holdResource = ({ id, scope, target, owner }: Hold) =>
  ({ type: 'Hold', id, scope, owner: owner.id, fleet: scope === 'fleet' ? target : null }) as const
