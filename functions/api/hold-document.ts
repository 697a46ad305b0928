import { type Freeze, freezeText, type Hold, type HoldRecord, holdText, isRunning } from '../../shared/policy/index.ts'
import type { CarriedOut } from '../holds/carry-out.ts'

/** A hold beside what it holds: why, by whom, until when. `text` says it in one line. */
export const holdBrief = (hold: Hold) => {
  const { id, scope, target, owner, reason, expiresAt } = hold
  return { id, scope, target, owner, reason, expiresAt, text: holdText(hold) }
}

/** The holds on all of a fleet; a livepatch's stand on the livepatch. */
export const holdsOfFleet = (standing: readonly Hold[], fleet: string): readonly Hold[] =>
  standing.filter(({ scope, target }) => scope === 'everything' || (scope === 'fleet' && target === fleet))

/** A freeze as it stands beside the holds: by whom, until when (on the clocks of its time zone), why, and of which fleets (null: all). */
export const freezeBrief = (freeze: Freeze) => {
  const { name, owner = null, reason, until, timeZone, fleets = null } = freeze
  return { name, owner, reason, until, timeZone, fleets, text: freezeText(freeze) }
}

const stateOf = (hold: HoldRecord, now: number): 'in-force' | 'lifted' | 'ended' => {
  if (hold.lifted) return 'lifted'
  return isRunning(hold, now) ? 'in-force' : 'ended'
}

/** A hold by itself, with what became of it by `now` (epoch milliseconds). */
export const holdDocument = (hold: HoldRecord, now: number, carriedOut?: CarriedOut) => ({
  ...holdBrief(hold),
  placedAt: hold.placedAt,
  state: stateOf(hold, now),
  lifted: hold.lifted,
  ...carriedOut,
})
