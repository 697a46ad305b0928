import * as z from 'zod'
import { Plan } from '../rollout/index.ts'

/** A person as the identity provider names them: the token's subject, display name and groups. */
export const Person = z.object({ id: z.string(), name: z.string(), groups: z.array(z.string()).readonly() }).readonly()
export type Person = z.infer<typeof Person>

/** Hosts of the open share by where they are; `silent` were asked and not heard from in time. */
export const WaveCounts = z
  .object({
    hosts: z.int().min(0),
    applied: z.int().min(0),
    failed: z.int().min(0),
    stalled: z.int().min(0),
    silent: z.int().min(0),
    /** Neither applied, failed nor stalled yet. */
    pending: z.int().min(0),
  })
  .readonly()
export type WaveCounts = z.infer<typeof WaveCounts>

export const HaltReason = z
  .object({ code: z.enum(['paused', 'budget-exceeded', 'drift', 'policy', 'held', 'internal']), detail: z.string() })
  .readonly()
export type HaltReason = z.infer<typeof HaltReason>

/** An emergency: what happened (an incident's id), why it cannot wait, and what counts once a second person confirms. */
export const BreakGlass = z
  .object({
    incident: z.string(),
    reason: z.string(),
    /** Ids of the policies that it passes. */
    passes: z.array(z.string()).readonly(),
    /** Leftovers that it accepts though they would block (whyNotAcceptable); absent where there are none. */
    accepts: z.array(z.string()).readonly().optional(),
  })
  .readonly()
export type BreakGlass = z.infer<typeof BreakGlass>

/** What a change digest binds: an approval of one digest never counts for another. */
export const Bound = z
  .object({
    livepatch: z.string(),
    verdict: z.string(),
    plan: Plan,
    policy: z.string(),
    breakGlass: BreakGlass.optional(),
    /** How often it was judged again, so that going back to an earlier plan brings no approval back to life; absent at first. */
    revision: z.int().min(1).optional(),
  })
  .readonly()
export type Bound = z.infer<typeof Bound>

/** Index into the plan's waves: the first wave is 0. People are shown it plus one. */
const WaveIndex = z.int().min(0)

/** The events of a change; past participles. Time and actor are the commit's. */
export const ChangeEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('proposed'),
    /** The change's own id (ULID), so that its history names it without its stream. */
    id: z.string(),
    fleet: z.string(),
    livepatch: z.string(),
    plan: Plan,
    reason: z.string(),
    proposer: Person,
    /** Id of who submitted the livepatch, where that was somebody else. */
    builder: z.string().optional(),
    breakGlass: BreakGlass.optional(),
  }),
  /** Judged again, on another plan where one is given; what the judgement found follows in the same commit. `id`: of the request. */
  z.object({ type: z.literal('revised'), id: z.string(), by: Person, plan: Plan.optional(), reason: z.string() }),
  z.object({
    type: z.literal('judged'),
    digest: z.string(),
    bound: Bound,
    outcome: z.enum(['review', 'note', 'clear']),
    downgrade: z.boolean(),
    /** Ids of those whose approvals count on: nothing moved but the policies, and these say so (carryApprovals). Absent where there are none. */
    carried: z.array(z.string()).readonly().optional(),
  }),
  z.object({ type: z.literal('blocked'), verdict: z.string(), codes: z.array(z.string()).readonly() }),
  z.object({
    type: z.literal('approved'),
    by: Person,
    digest: z.string(),
    comment: z.string(),
    /** What was signed off by name, besides the general yes; absent where nothing was. */
    signOff: z.array(z.string()).readonly().optional(),
    /** Who had delegated to them, with their groups as they were then. */
    onBehalf: z.array(Person).readonly().optional(),
    /** Their own groups would not have let them. */
    onlyOnBehalf: z.literal(true).optional(),
    /** Digest of what its author was shown (viewDigest); absent where they did not say. */
    seen: z.string().optional(),
  }),
  z.object({ type: z.literal('emergency-confirmed'), by: Person, digest: z.string(), seen: z.string().optional() }),
  /** The review that an emergency opens; also of a change that has ended. */
  z.object({ type: z.literal('review-closed'), by: Person, text: z.string() }),
  /** `to`: a person's id; only the identity provider knows their name. `until`: ISO 8601. */
  z.object({ type: z.literal('delegated'), by: Person, to: z.string(), until: z.string() }),
  z.object({ type: z.literal('delegation-revoked'), by: Person, to: z.string() }),
  z.object({ type: z.literal('changes-requested'), by: Person, digest: z.string(), reason: z.string(), seen: z.string().optional() }),
  /** Takes back the word of theirs that counts: an approval, or a request for changes. */
  z.object({ type: z.literal('withdrawn'), by: Person, digest: z.string(), reason: z.string() }),
  /** `id`: of the request, so that a repetition after a crash says it once. */
  z.object({ type: z.literal('commented'), id: z.string(), by: Person, text: z.string() }),
  z.object({ type: z.literal('rejected'), by: Person, digest: z.string(), reason: z.string(), seen: z.string().optional() }),
  z.object({ type: z.literal('released'), digest: z.string(), policies: z.array(z.string()).readonly() }),
  z.object({ type: z.literal('expired'), detail: z.string() }),
  /** The live stacks were others than were judged, so they were judged again; `worse`: in what, in words, and empty where in nothing. */
  z.object({
    type: z.literal('rejudged'),
    /** Digest under which the catalog keeps the newer verdict. */
    verdict: z.string(),
    /** Stack digests that nothing had covered, and how many hosts have them. */
    cohorts: z.array(z.string()).readonly(),
    hosts: z.int().min(0),
    worse: z.array(z.string()).readonly(),
  }),
  z.object({ type: z.literal('wave-opened'), wave: WaveIndex, share: z.int(), directiveVersion: z.int() }),
  z.object({ type: z.literal('wave-filled'), wave: WaveIndex, counts: WaveCounts }),
  z.object({ type: z.literal('wave-passed'), wave: WaveIndex, counts: WaveCounts }),
  z.object({ type: z.literal('halted'), wave: WaveIndex.nullable(), reason: HaltReason, by: z.string() }),
  z.object({ type: z.literal('resumed'), by: Person }),
  z.object({ type: z.literal('aborted'), by: Person, reason: z.string() }),
  z.object({ type: z.literal('completed'), counts: WaveCounts }),
])
export type ChangeEvent = Readonly<z.infer<typeof ChangeEvent>>

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

/** One person's word on one digest. It stays on record when the digest moves, and then counts no more (currentApprovals). */
export type Approval = {
  readonly by: Person
  readonly digest: string
  /** What that digest bound, so that people can be told what differs now. */
  readonly bound: Bound
  readonly comment: string
  /** What the person signed off by name, sorted. */
  readonly signOff: readonly string[]
  /** Digest of what the person was shown; null where they did not say. */
  readonly seen: string | null
  readonly at: string
  /** ISO 8601; null while the person stands by it. */
  readonly withdrawnAt: string | null
  /** How it was taken back, where it was: in so many words, or by asking for changes instead. */
  readonly withdrawnBy: 'withdrawal' | 'request-for-changes' | 'delegator' | null
  /** Those whose groups `by` counts for as well, on their delegation. */
  readonly onBehalf: readonly Person[]
  /** Groups of the person's own; null where those alone would not have let them. */
  readonly own: readonly string[] | null
  /** The newest digest for which it counts as well, because only the policies moved since; absent where it was not carried over. */
  readonly carriedTo?: string
}

/** On one change, a person lets another decide with the groups that they had then. Over at `until`, or when it was taken back. */
export type Delegation = {
  readonly from: Person
  /** A person's id. */
  readonly to: string
  readonly at: string
  readonly until: string
  /** ISO 8601; null while it was not taken back. */
  readonly endedAt: string | null
}

/** Somebody wants the change changed before it is released. */
export type RequestForChanges = { readonly by: Person; readonly digest: string; readonly reason: string; readonly at: string }

export type AfterReview = {
  readonly openedAt: string
  /** Ids of everybody who confirmed. */
  readonly confirmers: readonly string[]
  readonly closed: { readonly by: Person; readonly at: string; readonly text: string } | null
}

export type Revision = { readonly id: string; readonly by: Person; readonly reason: string; readonly at: string }

/** What the simulation found, and what was said about it. */
export type Review = {
  readonly digest: string
  readonly bound: Bound
  readonly outcome: 'review' | 'note' | 'clear'
  readonly downgrade: boolean
  readonly judgedAt: string
  /** The newest revision; null where there was none. */
  readonly revision: Revision | null
  /** Ids of the people who gave it another plan than the proposer's; they decide on it as little as the proposer. */
  readonly planners: readonly string[]
  readonly approvals: readonly Approval[]
  /** Requests that stand, one a person: of the present digest, not taken back, not answered by an approval of the same person. */
  readonly changesRequested: readonly RequestForChanges[]
  /** All that were ever given, oldest first. */
  readonly delegations: readonly Delegation[]
  /** Of the emergency that the present digest binds; null where nobody confirmed that. */
  readonly confirmation: { readonly by: Person; readonly at: string } | null
  /** Opened by a confirmation, and open until somebody else closes it; null where no emergency was confirmed. */
  readonly afterReview: AfterReview | null
}

/**
 * A wave: waiting → open (its share is in the directive) → soaking (every host is heard from) → passed. A halt holds an
 * open or soaking wave; a resume sends it back to waiting, to be opened again.
 */
export type Wave = {
  readonly share: number
  readonly state: 'waiting' | 'open' | 'soaking' | 'passed' | 'halted'
  /** ISO 8601, of the newest opening. */
  readonly openedAt: string | null
  /** ISO 8601, of its filling since then. */
  readonly filledAt: string | null
  readonly directiveVersion: number | null
  /** The newest recorded counts; live ones come from the fleet's counters. */
  readonly counts: WaveCounts | null
}

export type Rollout = {
  readonly releasedAt: string
  /** Ids of the policies that allowed the release. */
  readonly policies: readonly string[]
  /** One for each wave of the plan, in its order. */
  readonly waves: readonly Wave[]
  /** Verdicts on stacks that appeared since, oldest first; absent where none did. */
  readonly rejudged?: readonly Rejudged[]
}

/** A newer verdict beside the approved one, which it never replaces: where it is no worse, the rollout goes on under both. */
export type Rejudged = Omit<Extract<ChangeEvent, { type: 'rejudged' }>, 'type'> & {
  /** ISO 8601. */
  readonly at: string
}

type Proposal = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly plan: Plan
  readonly reason: string
  readonly proposer: Person
  /** Id of who submitted the livepatch, where that was somebody else than the proposer. */
  readonly builder: string | null
  readonly breakGlass: BreakGlass | null
  /** ISO 8601. */
  readonly proposedAt: string
}
type Unreviewed = Proposal & { readonly review: null; readonly rollout: null }
type Reviewed = Proposal & { readonly review: Review; readonly rollout: null }
type Underway = Proposal & { readonly review: Review; readonly rollout: Rollout }

export type Halt = HaltReason & {
  readonly wave: number | null
  /** A person's id, or `supersede` for the workflow. */
  readonly by: string
  readonly at: string
}

/** A change, as evolve folds it from its events: a union over its status. Times are ISO 8601. */
export type Change =
  | (Unreviewed & { readonly status: 'proposed' })
  | (Reviewed & { readonly status: 'in-review' })
  | (Underway & { readonly status: 'released' | 'rolling' })
  | (Underway & { readonly status: 'halted'; readonly before: 'released' | 'rolling'; readonly halt: Halt })
  | ((Unreviewed | Reviewed) & { readonly status: 'halted'; readonly before: 'proposed' | 'in-review'; readonly halt: Halt })
  | ((Unreviewed | Reviewed) & {
      readonly status: 'blocked'
      readonly verdict: string
      readonly codes: readonly string[]
      readonly endedAt: string
    })
  | (Reviewed & {
      readonly status: 'declined'
      readonly rejection: Rejection | null
      readonly reasonDeclined: string
      readonly endedAt: string
    })
  | ((Unreviewed | Reviewed | Underway) & {
      readonly status: 'aborted'
      readonly abortedBy: Person
      readonly reasonAborted: string
      readonly endedAt: string
    })
  | (Underway & { readonly status: 'completed'; readonly counts: WaveCounts; readonly endedAt: string })

/** Null on a declined change: nobody said no, the deadline passed. */
export type Rejection = { readonly by: Person; readonly digest: string; readonly reason: string }
