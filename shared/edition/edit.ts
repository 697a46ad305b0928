import * as z from 'zod'
import { Person } from '../change/index.ts'

/*
 * An edit of the policies is a change of its own kind, and event-sourced like one:
 *
 *   in-review → enacted      with the approvals that the policies it would change ask for
 *             → rejected     one no ends it
 *             → withdrawn    its proposer takes it back
 *             → outdated     other policies came into force: what people would approve is no longer what they saw
 *             → expired      nobody decided in time
 *
 * Nothing leaves an ending. An edit is never altered: who wants another one proposes another one. What an approval binds to is the digest
 * of the policies it starts from and of every text that it changes.
 */

/** The policies that an edit starts from and is decided under. */
const Base = z.object({ edition: z.int().min(0), version: z.string() }).readonly()
export type Base = z.infer<typeof Base>

export const PolicyEditEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('proposed'),
    /** The edit's own id (ULID), so that its history names it without its stream. */
    id: z.string(),
    base: Base,
    /** Path → whole text; null takes the file away. */
    files: z.record(z.string(), z.string().nullable()).readonly(),
    /** The fleet whose own rules alone it touches; null: the house. */
    fleet: z.string().nullable(),
    digest: z.string(),
    reason: z.string(),
    proposer: Person,
  }),
  z.object({ type: z.literal('approved'), by: Person, digest: z.string(), comment: z.string() }),
  z.object({ type: z.literal('approval-withdrawn'), by: Person, reason: z.string() }),
  /** `id`: of the request, so that a repetition after a crash says it once. */
  z.object({ type: z.literal('commented'), id: z.string(), by: Person, text: z.string() }),
  z.object({ type: z.literal('rejected'), by: Person, digest: z.string(), reason: z.string() }),
  z.object({ type: z.literal('withdrawn'), by: Person, reason: z.string() }),
  /** `edition` and `version`: of the policies from then on; `policies`: ids of the rules that let them come into force. */
  z.object({
    type: z.literal('enacted'),
    digest: z.string(),
    edition: z.int().min(1),
    version: z.string(),
    policies: z.array(z.string()).readonly(),
  }),
  z.object({ type: z.literal('outdated'), now: Base }),
  z.object({ type: z.literal('expired'), detail: z.string() }),
])
export type PolicyEditEvent = Readonly<z.infer<typeof PolicyEditEvent>>

export const EDIT_STATUSES = ['in-review', 'enacted', 'rejected', 'withdrawn', 'outdated', 'expired'] as const
export type EditStatus = (typeof EDIT_STATUSES)[number]

/** Days in which an edit is decided on, or declined. */
export const EDIT_DAYS_MAX = 14

export type EditApproval = {
  readonly by: Person
  readonly digest: string
  readonly comment: string
  readonly at: string
  /** ISO 8601; null while the person stands by it. */
  readonly withdrawnAt: string | null
}

/** An edit, as it is folded from its events. Times are ISO 8601. */
export type PolicyEdit = {
  readonly id: string
  readonly status: EditStatus
  readonly base: Base
  readonly files: Readonly<Record<string, string | null>>
  readonly fleet: string | null
  readonly digest: string
  readonly reason: string
  readonly proposer: Person
  readonly proposedAt: string
  readonly approvals: readonly EditApproval[]
  /** Of the edition that it became; null where it did not. */
  readonly edition: number | null
  /** Why and by whose word it ended; null while it is in review. */
  readonly ending: string | null
  /** A person's id, or null where no person ended it alone. */
  readonly endedBy: string | null
  readonly endedAt: string | null
}
