import { generateKeyPairSync } from 'node:crypto'
import { CompactSign, importJWK, SignJWT } from 'jose'
import * as z from 'zod'
import { canonicalJson } from '../shared/canonical/index.ts'
import type { Report } from '../shared/fleet/index.ts'

/** Who a host is: its id and its own Ed25519 key, which never leaves it. */
export const Identity = z.object({
  schema: z.literal('supersede.identity/1'),
  host: z.string().min(1).max(64),
  fleet: z.string().min(1).max(64),
  /** The private key as JWK (RFC 8037): `x` is the public half, `d` the secret one, base64url. */
  key: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() }),
})
export type Identity = z.infer<typeof Identity>

/** Makes the key of a new host. */
export const createIdentity = (host: string, fleet: string): Identity =>
  Identity.parse({
    schema: 'supersede.identity/1',
    host,
    fleet,
    key: generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  })

/** Signs in a host's name. Times are epoch milliseconds. */
export type Signer = {
  /** `Authorization` of a request: a short-lived JWT that the host issues to itself. One serves for several requests. */
  bearer(now: number): Promise<string>
  /** A report as compact JWS: what arrives is evidence, whoever carried it. */
  report(report: Report): Promise<string>
  /** Proof, at enrolment, that the host holds the key whose public half it hands in. */
  proof(now: number): Promise<string>
}

/** The authorizer takes at most five minutes. */
const TOKEN_SECONDS = 240
/** A token is renewed this long before it ends, so that a request on its way does not arrive too late. */
const RENEW_SECONDS = 30
/** A host's clock may be ahead of the control plane's by this much before its tokens are refused as issued in the future. */
const CLOCK_AHEAD_SECONDS = 5

export const signerOf = async ({ host, fleet, key }: Identity): Promise<Signer> => {
  const secret = await importJWK(key, 'EdDSA')
  let token = { text: '', until: 0 }
  const sign = (payload: unknown): Promise<string> =>
    new CompactSign(Buffer.from(canonicalJson(payload))).setProtectedHeader({ alg: 'EdDSA', kid: host }).sign(secret)
  return {
    bearer: async now => {
      if (now >= token.until) {
        const issued = Math.floor(now / 1000) - CLOCK_AHEAD_SECONDS
        const text = await new SignJWT()
          .setProtectedHeader({ alg: 'EdDSA', kid: host })
          .setIssuer(host)
          .setAudience('supersede')
          .setIssuedAt(issued)
          .setExpirationTime(issued + TOKEN_SECONDS)
          .sign(secret)
        token = { text, until: now + (TOKEN_SECONDS - RENEW_SECONDS - CLOCK_AHEAD_SECONDS) * 1000 }
      }
      return `Bearer ${token.text}`
    },
    report: sign,
    proof: now => sign({ host, fleet, at: now }),
  }
}
