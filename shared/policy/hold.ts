/** What is kept where it is: every fleet, one fleet, every livepatch of a series, or one livepatch. */
export const HOLD_SCOPES = ['everything', 'fleet', 'series', 'livepatch'] as const
export type HoldScope = (typeof HOLD_SCOPES)[number]

/** A hold: nothing of what it names is released and no wave of it opens until it ends or somebody lifts it. */
export type Hold = {
  readonly id: string
  readonly scope: HoldScope
  /** The fleet's id, the series, or the livepatch's digest; null where everything is held. */
  readonly target: string | null
  readonly owner: { readonly id: string; readonly name: string }
  readonly reason: string
  /** ISO 8601. */
  readonly placedAt: string
  /** ISO 8601, not included. */
  readonly expiresAt: string
}

/** What a hold may be about. */
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

/** The holds that keep something back at an instant (epoch milliseconds). */
export const holdsInForce = (holds: readonly Hold[], about: Held, now: number): readonly Hold[] =>
  holds.filter(hold => now < Date.parse(hold.expiresAt) && names(hold, about))

/** "of series debian-12-6.1 by alice until 2026-12-01T18:00:00.000Z: crashes on EPYC" */
export const holdText = ({ scope, target, owner, expiresAt, reason }: Hold): string =>
  `of ${target === null ? scope : `${scope} ${target}`} by ${owner.name} until ${expiresAt}: ${reason}`
