import type { Stack } from '../shared/kernel/index.ts'
import type { Plan } from '../shared/rollout/index.ts'
import type { Finding, Verdict } from '../shared/verdict/index.ts'

/** What the API answers, as far as the console shows it; docs/openapi.json says the whole. */
export type Counts = {
  readonly hosts: number
  readonly applied: number
  readonly failed: number
  readonly stalled: number
  readonly silent: number
  readonly pending: number
}
export type Wave = { readonly wave: number; readonly share: number; readonly state: string; readonly counts: Counts | null }
export type Hold = {
  readonly id: string
  readonly scope: string
  readonly target: string | null
  readonly owner: { readonly id: string; readonly name: string }
  readonly reason: string
  readonly expiresAt: string
}
/** The holds in force, and whether whoever asks may stop everything. */
/** A time in which nothing is released, of all fleets (null) or of some. */
export type Freeze = { readonly name: string; readonly fleets: readonly string[] | null; readonly text: string }
export type Holds = Listing<Hold> & { readonly mayStop?: boolean; readonly freezes?: readonly Freeze[] }
export type HoldWithHosts = Hold & { readonly inTransition?: number }
export type Fleet = { readonly id: string; readonly description: string; readonly hosts: number; readonly holds: readonly Hold[] }
export type FleetWhole = Fleet & {
  /** Hosts that wait for a reboot, because a transition was forced there. */
  readonly toReboot: number
  readonly freezes: readonly Freeze[]
  readonly cohorts: readonly { readonly cohort: string; readonly hosts: number; readonly stack: Stack }[]
  readonly directive: {
    readonly version: number
    readonly issuedAt: string
    readonly ask: { readonly change: string; readonly livepatch: string; readonly share: number } | null
    readonly stopped: boolean
  } | null
}
export type Host = {
  readonly id: string
  readonly fleet: string
  readonly state: string
  readonly kernelRelease: string | null
  readonly livepatches: readonly { readonly name: string }[]
  readonly change: string | null
  readonly refusal: { readonly code: string; readonly detail: string } | null
  readonly lastSeenAt: string | null
}
/** What a stalled transition waits for; times are the host's own, in epoch milliseconds. */
export type Evidence = {
  readonly livepatch: string
  readonly direction: string
  readonly since: number
  readonly at: number
  readonly waiting: number | null
  readonly tasks: readonly {
    readonly pid: number | null
    readonly name: string
    readonly kthread: boolean
    readonly functions: readonly string[]
    readonly stack: readonly string[]
  }[]
  readonly unproven: readonly string[]
  readonly log: readonly string[]
}
export type HostWhole = Host & {
  readonly toReboot: boolean
  /** On its fleet, and on what it runs. */
  readonly holds: readonly Hold[]
  readonly transition: Evidence | null
  /** Digest of the evidence, which a clearance names. */
  readonly evidence: string | null
  /** When it ran without what it disabled for its change; null: it has disabled nothing. */
  readonly between: { readonly since: number; readonly until: number | null; readonly disables: readonly string[] } | null
  readonly cleared: { readonly clearedBy: string; readonly livepatch: string; readonly issuedAt: number; readonly expiresAt: number } | null
}
export type Change = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly status: string
  readonly proposer: string
  readonly proposerName: string
  /** Who submitted the livepatch, where that was somebody else. */
  readonly builder?: string
  readonly proposedAt: string
  /** When it is declined if nobody decides; null where nothing is to be decided. */
  readonly decideBefore: string | null
  readonly digest: string | null
  /** Digest of what this page shows; a decision claims to have seen it. */
  readonly view: string | null
  readonly reason: string
  readonly approvals: readonly {
    readonly by: string
    readonly name: string
    readonly at: string
    readonly comment: string
    readonly signOff?: readonly string[]
    /** The view that was looked at; null where the client did not tell. */
    readonly seen?: string | null
    readonly onBehalf?: readonly { readonly id: string; readonly name: string }[]
  }[]
  readonly changesRequested: readonly { readonly by: string; readonly name: string; readonly at: string; readonly reason: string }[]
  readonly breakGlass: {
    readonly incident: string
    readonly reason: string
    readonly passes: readonly string[]
    /** Leftovers that it accepts though they would block. */
    readonly accepts?: readonly string[]
  } | null
  readonly confirmation: { readonly by: string; readonly name: string; readonly at: string } | null
  /** Of the review that an emergency opens. */
  readonly afterReview: 'open' | 'closed' | null
  readonly delegations: readonly {
    readonly from: string
    readonly fromName: string
    readonly to: string
    readonly until: string
    readonly endedAt: string | null
  }[]
  readonly reviewers?: readonly {
    readonly group: string
    readonly needed: number
    readonly approved: readonly string[]
    readonly waiting: boolean
    readonly policy: string
  }[]
  readonly needs: readonly string[]
  /** What can be signed off by name. */
  readonly signable?: readonly string[]
  readonly downgrade: boolean
  readonly plan: Plan
  /** Hosts that run without what they disabled for it. */
  readonly between: number
  readonly voidApprovals: readonly { readonly by: string; readonly name: string; readonly at: string; readonly text: string }[]
  readonly holds: readonly Hold[]
  readonly findings?: readonly Finding[]
  readonly waves: readonly Wave[]
  readonly ending: string | null
  /** A newer verdict on stacks that appeared since the release; null where none did. */
  readonly rejudged: { readonly hosts: number; readonly worse: readonly string[]; readonly at: string } | null
  readonly halted: { readonly code: string; readonly detail: string } | null
  readonly timeline: readonly { readonly at: string; readonly actor: string; readonly type: string; readonly text: string }[]
}
export type ChangeHead = Pick<Change, 'id' | 'fleet' | 'livepatch' | 'status' | 'proposer' | 'proposedAt' | 'holds' | 'afterReview'>
export type VerdictAnswer = { readonly change: string; readonly digest: string; readonly verdict: Verdict }
export type Listing<T> = { readonly items: readonly T[]; readonly next?: string }
export type Patch = { readonly digest: string; readonly name: string; readonly series: string; readonly version: string }
export type Edge = {
  readonly previous: string | null
  readonly next: string
  readonly fleet: string
  readonly change: string
  readonly at: string
  readonly hosts: number
  readonly kept: readonly string[]
  readonly repatched: readonly string[]
  readonly added: readonly string[]
  readonly reverted: readonly string[]
  /** Obligations that an emergency left open. */
  readonly leftOpen?: readonly string[]
}
export type Receiver = {
  readonly id: string
  readonly name: string
  readonly kind: string
  /** Its origin only. */
  readonly address: string | null
  readonly fleets: readonly string[]
  readonly group: string | null
  readonly disabled: string | null
  readonly failingSince: string | null
  readonly deliveredAt: string | null
}
export type Delivery = {
  readonly id: string
  readonly receiver: string
  readonly kind: string
  readonly at: string
  readonly change: string | null
  readonly state: string
  readonly attempts: number
  readonly nextAt: string | null
  readonly why: string
}
export type { Finding, Stack, Verdict }
