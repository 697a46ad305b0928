import type { Stack } from '../kernel/index.ts'
import type { Between, HostState, Report } from './report.ts'
import type { TransitionEvidence } from './transition-evidence.ts'

/** A host as the fleet knows it: who it is, and its newest accepted report. */
export type Host = {
  readonly id: string
  readonly fleet: string
  /** Ed25519 public key, JWK `x` (base64url). */
  readonly publicKey: string
  readonly enrolledAt: string
  /** 0..9,999, from the id (bucketOf). */
  readonly bucket: number
  /** 0 before the first report. */
  readonly sequence: number
  readonly state: HostState
  /** Of its newest report; null before the first. */
  readonly bootId: string | null
  /** Its reports tell of the whole of this boot, and nothing was replaced in it: whatever was before went with the reboot. */
  readonly fresh: boolean
  readonly stackDigest: string | null
  readonly stack: Stack | null
  readonly change: string | null
  readonly refusal: Report['refusal']
  /** What its stalled transition waits for, as its newest report has it; null: none has stalled. */
  readonly transition: TransitionEvidence | null
  /** With which clearance it forced its transition; null: it has not. */
  readonly clearance: string | null
  /** When it ran without what it disabled for its change; null: it has disabled nothing. */
  readonly between: Between | null
  /** When we learned the newest report, ISO 8601; null before the first. */
  readonly lastSeenAt: string | null
}

/** One stretch of a host's history: twice in time, when it was true and when we learned it. */
export type HostFact = {
  readonly host: string
  readonly fleet: string
  readonly sequence: number
  readonly trueAt: string
  readonly learnedAt: string
  readonly state: HostState
  readonly change: string | null
  readonly stackDigest: string
  /** Why it stood still at that time; null where it did not. */
  readonly transition: TransitionEvidence | null
  /** When it ran without what it disabled for the change. */
  readonly between: Between | null
  readonly livepatches: readonly { readonly name: string; readonly digest: string | null }[]
}

/** What an accepted report changes: the host as it is now, and a fact if something worth keeping changed. */
export type Moved = { readonly host: Host; readonly fact: HostFact | null }
