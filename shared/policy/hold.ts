import * as z from 'zod'

/** What is kept where it is: every fleet, one fleet, every livepatch of a series, or one livepatch. */
export const HOLD_SCOPES = ['everything', 'fleet', 'series', 'livepatch'] as const
export type HoldScope = (typeof HOLD_SCOPES)[number]

const Who = z.object({ id: z.string(), name: z.string() }).readonly()

/** A hold: nothing of what it names is released and no wave of it opens until it ends or somebody lifts it. */
export const Hold = z
  .object({
    /** ULID. */
    id: z.string(),
    scope: z.enum(HOLD_SCOPES),
    /** The fleet's id, the series, or the livepatch's digest; null where everything is held. */
    target: z.string().nullable(),
    owner: Who,
    reason: z.string(),
    /** ISO 8601. */
    placedAt: z.string(),
    /** ISO 8601, not included. */
    expiresAt: z.string(),
  })
  .readonly()
export type Hold = z.infer<typeof Hold>

/** A hold with what became of it. */
export const HoldRecord = z
  .object({ ...Hold.unwrap().shape, lifted: z.object({ by: Who, at: z.string(), reason: z.string() }).readonly().nullable() })
  .readonly()
export type HoldRecord = z.infer<typeof HoldRecord>

/** What a hold may be about. `series` is null where it is not known. */
export type Held = { readonly fleet: string; readonly livepatch: string; readonly series: string | null }

const names = ({ scope, target }: Hold, { fleet, livepatch, series }: Held): boolean => {
  switch (scope) {
    case 'everything':
      return true
    case 'fleet':
      return target === fleet
    case 'series':
      return series !== null && target === series
    case 'livepatch':
      return target === livepatch
  }
}

/** Whether a hold has not ended by itself at an instant (epoch milliseconds). */
export const isRunning = ({ expiresAt }: Hold, now: number): boolean => now < Date.parse(expiresAt)

/** The holds that keep something back at an instant (epoch milliseconds). Precondition: lifted ones are not among them. */
export const holdsInForce = (holds: readonly Hold[], about: Held, now: number): readonly Hold[] =>
  holds.filter(hold => isRunning(hold, now) && names(hold, about))

/** "of series debian-12-6.1 by alice until 2026-12-01T18:00:00.000Z: crashes on EPYC" */
export const holdText = ({ scope, target, owner, expiresAt, reason }: Hold): string =>
  `of ${target === null ? scope : `${scope} ${target}`} by ${owner.name} until ${expiresAt.replace(/\.\d+Z$/, 'Z')}: ${reason}`

/** Why a held change does not go on. */
export const heldDetail = (held: readonly Hold[]): string => `Hold ${held.map(holdText).join('; ')}`
