import type { Plan } from '../rollout/index.ts'

/** A person as the identity provider names them: the token's subject, display name and groups. */
export type Person = { readonly id: string; readonly name: string; readonly groups: readonly string[] }

/** Hosts of the open share by where they are; `silent` were asked and not heard from in time. */
export type WaveCounts = {
  readonly hosts: number
  readonly applied: number
  readonly failed: number
  readonly stalled: number
  readonly silent: number
  /** Neither applied, failed nor stalled yet. */
  readonly pending: number
}

export type HaltReason = {
  readonly code: 'paused' | 'budget-exceeded' | 'drift' | 'policy' | 'internal'
  readonly detail: string
}

/** What a change digest binds: an approval of one digest never counts for another. */
export type Bound = { readonly livepatch: string; readonly verdict: string; readonly plan: Plan; readonly policy: string }

/** The events of a change; past participles. Time and actor are the commit's. */
export type ChangeEvent =
  | {
      readonly type: 'proposed'
      readonly fleet: string
      readonly livepatch: string
      readonly plan: Plan
      readonly reason: string
      readonly proposer: Person
    }
  | {
      readonly type: 'judged'
      readonly digest: string
      readonly bound: Bound
      readonly outcome: 'review' | 'note' | 'clear'
      readonly downgrade: boolean
    }
  | { readonly type: 'blocked'; readonly verdict: string; readonly codes: readonly string[] }
  | { readonly type: 'approved'; readonly by: Person; readonly digest: string; readonly comment: string }
  | { readonly type: 'rejected'; readonly by: Person; readonly digest: string; readonly reason: string }
  | { readonly type: 'released'; readonly digest: string; readonly policies: readonly string[] }
  | { readonly type: 'expired'; readonly detail: string }
  | { readonly type: 'wave-opened'; readonly wave: number; readonly share: number; readonly directiveVersion: number }
  | { readonly type: 'wave-filled'; readonly wave: number; readonly counts: WaveCounts }
  | { readonly type: 'wave-passed'; readonly wave: number; readonly counts: WaveCounts }
  | { readonly type: 'halted'; readonly wave: number | null; readonly reason: HaltReason; readonly by: string }
  | { readonly type: 'resumed'; readonly by: Person }
  | { readonly type: 'aborted'; readonly by: Person; readonly reason: string }
  | { readonly type: 'completed'; readonly counts: WaveCounts }

export const CHANGE_STATUSES = [
  'proposed',
  'in-review',
  'released',
  'rolling',
  'halted',
  'blocked',
  'declined',
  'aborted',
  'completed',
] as const
export type ChangeStatus = (typeof CHANGE_STATUSES)[number]

/** A change, as evolve folds it from its events: a union over its status. */
export type Change = { readonly status: ChangeStatus; readonly id: string }
