import { slotOf } from './bucket.ts'

/** Hosts of the open share by where they are; the same shape as the change's events carry. */
export type WaveCounts = {
  /** Without those that are left out. */
  readonly hosts: number
  readonly applied: number
  readonly failed: number
  readonly stalled: number
  /** Asked, and without an outcome when the wave was closed. */
  readonly silent: number
  /** Neither of these yet. */
  readonly pending: number
}

/** One hundredth of the fleet: hosts enrolled in it, and those of them that answer to the change, by host state. */
export type SlotTally = { readonly slot: number; readonly hosts: number; readonly states: Readonly<Record<string, number>> }

type Standing = 'applied' | 'failed' | 'stalled' | 'silent' | 'moving' | 'waiting' | 'left-out'

/**
 * What a host state means for a wave. `forced` is left out: a transition was forced there, before this change came, which the verdict said,
 * or in it, by somebody's clearance. The host takes part in no change until it has rebooted; as a failure of this one it would halt every
 * later change of its fleet.
 * `superseded` stands with the failed ones: the host runs something else than the change asks for.
 * `moving` hosts have begun and are not through; `waiting` ones have not begun.
 */
const STANDINGS: Readonly<Record<string, Standing>> = {
  applied: 'applied',
  'apply-failed': 'failed',
  quarantined: 'failed',
  'kernel-upgrade-required': 'failed',
  superseded: 'failed',
  'transition-stalled': 'stalled',
  forced: 'left-out',
  silent: 'silent',
  'in-transition': 'moving',
  reversing: 'moving',
  between: 'moving',
  pending: 'waiting',
  unapplied: 'waiting',
  'reboot-pending': 'waiting',
}

/** A state that nobody has heard of counts as a host that has not begun: it can hold a wave, never advance one. */
export const standingOf = (state: string): Standing => STANDINGS[state] ?? 'waiting'

type Tally = { hosts: number } & Record<Standing, number>

const tally = (share: number, slots: readonly SlotTally[]): Tally => {
  const sum: Tally = { hosts: 0, applied: 0, failed: 0, stalled: 0, silent: 0, moving: 0, waiting: 0, 'left-out': 0 }
  for (const slot of slots) {
    if (slot.slot >= slotOf(share)) continue
    sum.hosts += slot.hosts
    for (const [state, hosts] of Object.entries(slot.states)) sum[standingOf(state)] += hosts
  }
  return { ...sum, hosts: Math.max(0, sum.hosts - sum['left-out']) }
}

/**
 * Where the hosts of an open share (in buckets, a whole number of slots) stand while the wave runs.
 * Enrolled hosts that have not answered to the change are pending: silence is no progress.
 */
export const waveCounts = (share: number, slots: readonly SlotTally[]): WaveCounts => {
  const { hosts, applied, failed, stalled, silent } = tally(share, slots)
  return { hosts, applied, failed, stalled, silent, pending: Math.max(0, hosts - applied - failed - stalled - silent) }
}

/**
 * The same when the wave is closed, after which nothing is pending: a host in mid-transition has stalled, and one without
 * an outcome is silent.
 */
export const closingCounts = (share: number, slots: readonly SlotTally[]): WaveCounts => {
  const { hosts, applied, failed, stalled, moving } = tally(share, slots)
  const silent = Math.max(0, hosts - applied - failed - stalled - moving)
  return { hosts, applied, failed, stalled: stalled + moving, silent, pending: 0 }
}

/** A wave is filled when every enrolled host of its share has an outcome: applied, failed or stalled. */
export const isFilled = (counts: WaveCounts): boolean => counts.applied + counts.failed + counts.stalled >= counts.hosts
