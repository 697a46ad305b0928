import * as z from 'zod'
import { canonicalJson, sha256 } from '../canonical/index.ts'
import { Directive } from './directive.ts'
import { isShallow, isSignedBy, statementOf } from './signed-statement.ts'

const statement = (text: string): Uint8Array => statementOf('supersede.directive/1', text)

/** The bytes that are signed: `supersede.directive/1 sha256:<SHA-256 of the canonical JSON, hex>` in UTF-8. */
export const signingBytes = (directive: object): Uint8Array => statement(canonicalJson(directive))

export type DirectiveRefusal = 'bad-signature' | 'older-directive' | 'expired-directive' | 'wrong-fleet' | 'malformed-directive'

export type Verified =
  | { readonly ok: true; readonly directive: Directive }
  | { readonly ok: false; readonly refused: DirectiveRefusal; readonly detail: string }

export type VerifyOptions = {
  /** Trusted Ed25519 public keys by key id, each as JWK `x` (base64url of 32 bytes). */
  readonly keys: ReadonlyMap<string, string>
  readonly fleet: string
  /** Version of the newest directive accepted so far, 0 before the first. */
  readonly lastVersion: number
  /** Canonical digest (digestOf) of that directive, where it is kept: another text under the same version is refused. */
  readonly lastDigest?: string | null
  /** Epoch milliseconds. */
  readonly now: number
}

/** Only what is needed to check the signature; the directive's own fields are looked at after it holds. */
const Envelope = z.object({ directive: z.record(z.string(), z.unknown()), keyId: z.string().max(256), signature: z.string().max(128) })

const refuse = (refused: DirectiveRefusal, detail: string): Verified => ({ ok: false, refused, detail })

/** Checks on the fields of a directive whose signature holds. */
const admit = (directive: Directive, digest: string, options: VerifyOptions): Verified => {
  const { fleet, lastVersion, lastDigest, now } = options
  if (directive.fleet !== fleet) return refuse('wrong-fleet', `it is for fleet ${directive.fleet}, this host belongs to ${fleet}`)
  if (directive.version < lastVersion)
    return refuse('older-directive', `version ${directive.version} is older than ${lastVersion}, which was accepted before`)
  if (directive.version === lastVersion && lastDigest != null && lastDigest !== digest)
    return refuse('older-directive', `another directive with version ${lastVersion} was accepted before`)
  if (directive.expiresAt <= now) return refuse('expired-directive', `it expired ${Math.round((now - directive.expiresAt) / 1000)} s ago`)
  return { ok: true, directive }
}

/**
 * Decides whether a host may follow a signed directive. No field is trusted before the signature over all of them holds;
 * an equal version is accepted again, because hosts poll the same document many times.
 */
export const verifyDirective = (signed: unknown, options: VerifyOptions): Verified => {
  const envelope = Envelope.safeParse(signed)
  if (!envelope.success) return refuse('malformed-directive', 'it is no signed directive: directive, keyId and signature are expected')
  const { directive: raw, keyId, signature } = envelope.data
  if (!isShallow(raw)) return refuse('malformed-directive', 'it is nested more deeply than a directive is')
  const key = options.keys.get(keyId)
  if (key === undefined) return refuse('bad-signature', `it names the key ${keyId}, which this host does not trust`)
  const text = canonicalJson(raw)
  if (!isSignedBy(key, statement(text), signature)) return refuse('bad-signature', `its signature does not hold for key ${keyId}`)
  const parsed = Directive.safeParse(raw)
  if (!parsed.success) return refuse('malformed-directive', z.prettifyError(parsed.error))
  return admit(parsed.data, sha256(text), options)
}
