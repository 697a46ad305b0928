import * as z from 'zod'
import { sha256 } from '../canonical/index.ts'
import { NOTICE_KINDS } from './kinds.ts'

/** A livepatch in the words that people know it by; null where the catalog does not have it. */
const Livepatch = z.object({
  digest: z.string(),
  name: z.string().nullable(),
  series: z.string().nullable(),
  version: z.string().nullable(),
})

/** Of a change in an emergency: what it is, and whether somebody is still to confirm it, or to close the review that it opened. */
const AboutEmergency = z.object({
  incident: z.string(),
  /** Why it cannot wait. */
  reason: z.string(),
  /** `lapsed`: nobody confirmed it in time, and it counts for nothing. */
  state: z.enum(['unconfirmed', 'lapsed', 'review-open', 'review-closed']),
  /** Until when a second person may confirm it, ISO 8601; null where nobody may. */
  confirmBefore: z.string().nullable(),
})

/** What is told of a change. Hosts, stacks, findings' evidence and digests to approve are not among it: who needs those follows the link and logs in. */
const AboutChange = z.object({
  id: z.string(),
  status: z.string(),
  livepatch: Livepatch,
  proposer: z.string(),
  reason: z.string(),
  outcome: z.enum(['block', 'review', 'note', 'clear']).nullable(),
  downgrade: z.boolean(),
  /** Null: it is none. What was put on its way before this was told says nothing of it. */
  emergency: AboutEmergency.nullable().default(null),
})

/** One thing that people are told, before it takes the form of a receiver. Every text in it is one printable line of bounded length. */
export const Notice = z.object({
  /** `webhook-id` and CloudEvents `id`: the same for every receiver and every repetition. */
  id: z.string(),
  kind: z.enum(NOTICE_KINDS),
  /** When it happened, ISO 8601. */
  at: z.string(),
  fleet: z.string().nullable(),
  /** What it is about, where that is no change. */
  subject: z.string().default(''),
  change: AboutChange.nullable(),
  /** A person's name; null where nobody did it, but the lifecycle. */
  by: z.string().nullable(),
  /** What was said with it: the reason of a rejection, an abort, a pause. */
  says: z.string(),
  /** What a release still needs, in words. */
  missing: z.array(z.string()),
  /** Until when people may decide, ISO 8601. */
  decideBefore: z.string().nullable(),
  /** Where to look and decide, after a login. */
  link: z.string(),
})
export type Notice = Readonly<z.infer<typeof Notice>>

/** Bounds of names and of sentences, in code points. */
export const NAME_MAX = 100
export const TEXT_MAX = 300

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_DIGITS = 10
const HASH_DIGITS = 20

const timeText = (at: number): string =>
  Array.from({ length: TIME_DIGITS }, (_, index) => CROCKFORD[Math.floor(at / 32 ** (TIME_DIGITS - 1 - index)) % 32]).join('')

/**
 * The id of a notice follows from what it is about, so that what is found twice after a crash is the same notice. It begins with its
 * time (epoch milliseconds), so that ids sort by it, and has no full stop in it, as Standard Webhooks wants.
 */
export const noticeId = (at: number, about: string): string => {
  const hash = BigInt(`0x${sha256(about)}`)
  const digits = Array.from({ length: HASH_DIGITS }, (_, index) => CROCKFORD[Number((hash >> BigInt(5 * index)) & 31n)])
  return `msg_${timeText(at)}${digits.join('')}`
}
