import * as z from 'zod'
import { canonicalJson } from '../canonical/index.ts'
import { isShallow, isSignedBy, statementOf } from './signed-statement.ts'

const SCHEMA = 'supersede.clearance/1'

/**
 * One person's leave to `force` one stalled transition on one host: this livepatch, in this boot, begun at this moment. It works once and
 * expires. A forced transition cannot be taken back, and pins its modules until the next boot (kernel/livepatch/transition.c:
 * klp_force_transition), which is why nobody but the livepatch's author gives it, on the evidence of what the transition waits for.
 */
export const Clearance = z.object({
  schema: z.literal(SCHEMA),
  /** ULID. */
  id: z.string().max(26),
  host: z.string().max(64),
  fleet: z.string().max(64),
  change: z.string().max(64),
  /** The module's name, as in sysfs. */
  livepatch: z.string().max(55),
  bootId: z.string().max(64),
  /** Since when the host's agent has seen this transition open: the host's own clock, epoch milliseconds. */
  since: z.int(),
  /** Digest of the evidence that its giver saw. */
  evidence: z.string().length(64),
  clearedBy: z.string().max(256),
  /** Epoch milliseconds. */
  issuedAt: z.int(),
  expiresAt: z.int(),
})
export type Clearance = z.infer<typeof Clearance>

export const SignedClearance = z.object({
  clearance: Clearance,
  /** Names the public key: the one that signs directives. */
  keyId: z.string().max(256),
  /** Base64 of the 64-byte Ed25519 signature over `clearanceSigningBytes(clearance)`. */
  signature: z.string().max(128),
})
export type SignedClearance = z.infer<typeof SignedClearance>

/** The bytes that are signed: `supersede.clearance/1 sha256:<SHA-256 of the canonical JSON, hex>` in UTF-8. */
export const clearanceSigningBytes = (clearance: object): Uint8Array => statementOf(SCHEMA, canonicalJson(clearance))

/** What a host knows of itself when it is handed a clearance. */
export type StalledHost = {
  readonly host: string
  readonly fleet: string
  readonly change: string
  readonly livepatch: string
  readonly bootId: string
  readonly since: number
  readonly now: number
  /** Trusted Ed25519 public keys by key id, each as JWK `x`; the same as for directives. */
  readonly keys: ReadonlyMap<string, string>
}

export type VerifiedClearance =
  | { readonly ok: true; readonly clearance: Clearance }
  /** `not-this` : authentic, and of another host, boot, or transition. */
  | { readonly ok: false; readonly refused: 'malformed' | 'bad-signature' | 'expired' | 'not-this'; readonly detail: string }

const Envelope = z.object({ clearance: z.record(z.string(), z.unknown()), keyId: z.string().max(256), signature: z.string().max(128) })
const BOUND = ['host', 'fleet', 'change', 'livepatch', 'bootId', 'since'] as const

const refuse = (refused: Extract<VerifiedClearance, { ok: false }>['refused'], detail: string): VerifiedClearance => ({
  ok: false,
  refused,
  detail,
})

/** Decides whether a host may force the transition that it stands in. No field is trusted before the signature over all of them holds. */
export const verifyClearance = (signed: unknown, stalled: StalledHost): VerifiedClearance => {
  const envelope = Envelope.safeParse(signed)
  if (!envelope.success) return refuse('malformed', 'the clearance is none: clearance, keyId and signature are expected')
  const { clearance: raw, keyId, signature } = envelope.data
  if (!isShallow(raw)) return refuse('malformed', 'the clearance is nested more deeply than one is')
  const key = stalled.keys.get(keyId)
  if (key === undefined) return refuse('bad-signature', `the clearance names the key ${keyId}, which this host does not trust`)
  if (!isSignedBy(key, clearanceSigningBytes(raw), signature))
    return refuse('bad-signature', `the clearance's signature does not hold for key ${keyId}`)
  const parsed = Clearance.safeParse(raw)
  if (!parsed.success) return refuse('malformed', `the clearance: ${z.prettifyError(parsed.error)}`)
  const clearance = parsed.data
  const other = BOUND.find(name => clearance[name] !== stalled[name])
  if (other !== undefined) return refuse('not-this', `the clearance is for another ${other}: ${clearance[other]}`)
  if (clearance.expiresAt <= stalled.now)
    return refuse('expired', `the clearance expired at ${new Date(clearance.expiresAt).toISOString()}`)
  return { ok: true, clearance }
}
