import * as z from 'zod'

/** Longest life of a token that a host signs for itself. */
export const HOST_TOKEN_SECONDS_MAX = 300
const HOST_TOKEN_AUDIENCE = 'supersede'

/** Ids of hosts and fleets stand in keys and paths, so they hold no separators. */
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'an id has 1 to 64 letters, digits, dots, dashes and underscores')
export const HostId = id.describe('host id')
export const FleetId = id.describe('fleet id')

/** Ed25519 public key as JWK `x`: 32 bytes in base64url. */
export const PublicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a public key is 43 characters of base64url')

/** Protected header of everything a host signs (compact JWS). */
export const HostSignatureHeader = z.object({ alg: z.literal('EdDSA'), kid: HostId })
export type HostSignatureHeader = z.infer<typeof HostSignatureHeader>

/** Claims of the token by which a host speaks; `iat` and `exp` in epoch seconds. The signature is checked by the authorizer. */
export const HostTokenClaims = z
  .object({ iss: HostId, aud: z.literal(HOST_TOKEN_AUDIENCE), iat: z.int(), exp: z.int() })
  .refine(({ iat, exp }) => exp > iat && exp - iat <= HOST_TOKEN_SECONDS_MAX, `a host's token lives at most ${HOST_TOKEN_SECONDS_MAX} s`)
export type HostTokenClaims = z.infer<typeof HostTokenClaims>

/** What a host signs when it enrols, to prove that the key is its own; `at` in epoch milliseconds. */
export const EnrolmentProof = z.object({ host: HostId, fleet: FleetId, at: z.int() })
export type EnrolmentProof = z.infer<typeof EnrolmentProof>
