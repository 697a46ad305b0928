import * as z from 'zod'
import { canonicalJson, sha256 } from '../canonical/index.ts'
import { isShallow, isSignedBy, statementOf } from './signed-statement.ts'

const SCHEMA = 'supersede.stop/1'

/** Where the distribution serves it, beside the directives of the fleets; `stop` is therefore no fleet's id. */
export const STOP_ORDER_KEY = 'directives/stop.json'

/**
 * Halts every host of every fleet at once, from a file, so that it also works while the API is down. Hosts ask for it before they ask
 * for their directive. One document for ever: lifting a stop is a newer version that says `stopped: false`.
 */
export const StopOrder = z.object({
  schema: z.literal(SCHEMA),
  /** Only grows; a host never goes back to an older one. */
  version: z.int().positive(),
  /** Epoch milliseconds. */
  issuedAt: z.int(),
  /** After this it halts nobody any more. */
  expiresAt: z.int(),
  scope: z.literal('everything'),
  stopped: z.boolean(),
  /** For those who look after the hosts. */
  reason: z.string().max(300),
})
export type StopOrder = z.infer<typeof StopOrder>

export const SignedStopOrder = z.object({
  order: StopOrder,
  /** Names the public key: the one that signs directives. */
  keyId: z.string().max(256),
  /** Base64 of the 64-byte Ed25519 signature over `stopSigningBytes(order)`. */
  signature: z.string().max(128),
})
export type SignedStopOrder = z.infer<typeof SignedStopOrder>

/** The bytes that are signed: `supersede.stop/1 sha256:<SHA-256 of the canonical JSON, hex>` in UTF-8. */
export const stopSigningBytes = (order: object): Uint8Array => statementOf(SCHEMA, canonicalJson(order))

/** Seven days: a stop outlives a long weekend without a control plane, and ends by itself if everybody has forgotten it. */
export const STOP_SECONDS_MAX = 7 * 86_400

/** What an order shall say; `until` (epoch milliseconds) at most seven days from now, which is also the default. */
export type StopInstruction = { readonly stopped: boolean; readonly reason: string; readonly until?: number }

/** The next unsigned order. Its version is one above the previous one's, and a clock that jumps back dates nothing back. */
export const nextStopOrder = (previous: StopOrder | null, { stopped, reason, until }: StopInstruction, now: number): StopOrder => {
  const issuedAt = Math.max(now, previous?.issuedAt ?? 0)
  const last = issuedAt + STOP_SECONDS_MAX * 1000
  return {
    schema: SCHEMA,
    version: (previous?.version ?? 0) + 1,
    issuedAt,
    expiresAt: Math.min(until ?? last, last),
    scope: 'everything',
    stopped,
    reason: reason.slice(0, 300),
  }
}

/** Whether an order halts its hosts at this time; null: there is none. */
export const isStopInForce = (order: StopOrder | null, now: number): boolean => order?.stopped === true && order.expiresAt > now

export type VerifiedStop =
  | { readonly ok: true; readonly order: StopOrder; readonly digest: string }
  | { readonly ok: false; readonly refused: 'bad-signature' | 'older-directive' | 'malformed-directive'; readonly detail: string }

export type VerifyStopOptions = {
  /** Trusted Ed25519 public keys by key id, each as JWK `x`; the same as for directives. */
  readonly keys: ReadonlyMap<string, string>
  /** Version and canonical digest of the newest order accepted so far. */
  readonly last: { readonly version: number; readonly digest: string } | null
}

const Envelope = z.object({ order: z.record(z.string(), z.unknown()), keyId: z.string().max(256), signature: z.string().max(128) })

const refuse = (refused: Extract<VerifiedStop, { ok: false }>['refused'], detail: string): VerifiedStop => ({ ok: false, refused, detail })

/**
 * Decides whether a host may believe a stop order. No field is trusted before the signature over all of them holds. An expired one is
 * accepted for its version: it halts nobody, and the older ones stay overtaken.
 */
export const verifyStopOrder = (signed: unknown, { keys, last }: VerifyStopOptions): VerifiedStop => {
  const envelope = Envelope.safeParse(signed)
  if (!envelope.success) return refuse('malformed-directive', 'the stop order is none: order, keyId and signature are expected')
  const { order: raw, keyId, signature } = envelope.data
  if (!isShallow(raw)) return refuse('malformed-directive', 'the stop order is nested more deeply than one is')
  const key = keys.get(keyId)
  if (key === undefined) return refuse('bad-signature', `the stop order names the key ${keyId}, which this host does not trust`)
  const text = canonicalJson(raw)
  if (!isSignedBy(key, statementOf(SCHEMA, text), signature))
    return refuse('bad-signature', `the stop order's signature does not hold for key ${keyId}`)
  const parsed = StopOrder.safeParse(raw)
  if (!parsed.success) return refuse('malformed-directive', `the stop order: ${z.prettifyError(parsed.error)}`)
  const digest = sha256(text)
  const { version } = parsed.data
  if (last && version < last.version)
    return refuse('older-directive', `the stop order's version ${version} is older than ${last.version}, which was accepted before`)
  if (last && version === last.version && digest !== last.digest)
    return refuse('older-directive', `another stop order with version ${version} was accepted before`)
  return { ok: true, order: parsed.data, digest }
}
