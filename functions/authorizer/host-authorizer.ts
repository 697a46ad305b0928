import { HOST_TOKEN_SECONDS_MAX, HostTokenClaims } from '../../shared/fleet/index.ts'
import { isSignedBy, readHostSignature } from '../host-signature.ts'
import type { Ports } from '../ports.ts'

/** The parts of an HTTP API authorizer event (payload 2.0) that we read. */
export type AuthorizerEvent = { readonly headers?: Readonly<Record<string, string | undefined>> | undefined }
/** Simple response. The context reaches the operation as `requestContext.authorizer.lambda`. */
export type Authorized = { readonly isAuthorized: boolean; readonly context?: { readonly host: string; readonly fleet: string } }

const TOKEN_CHARACTERS_MAX = 2_048
const SKEW_SECONDS = 30
const NO: Authorized = { isAuthorized: false }

const isTimely = ({ iat, exp }: HostTokenClaims, now: number): boolean => {
  const seconds = now / 1_000
  return iat <= seconds + SKEW_SECONDS && exp > seconds && exp <= seconds + HOST_TOKEN_SECONDS_MAX + SKEW_SECONDS
}

/**
 * Lets a host in by a short-lived token that it signed itself: alg is EdDSA, the key is the one that the host enrolled with, its id is kid and
 * iss, and nothing in the token chooses how it is checked. A person's token is none.
 */
export const authorizeHost =
  ({ fleets, now }: Pick<Ports, 'fleets' | 'now'>) =>
  async ({ headers }: AuthorizerEvent): Promise<Authorized> => {
    const [scheme, token, ...rest] = (headers?.['authorization'] ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) return NO
    const signature = readHostSignature(token, TOKEN_CHARACTERS_MAX)
    const claims = signature && HostTokenClaims.safeParse(signature.payload)
    if (!signature || !claims?.success || claims.data.iss !== signature.kid || !isTimely(claims.data, now())) return NO
    const host = await fleets.host(signature.kid)
    if (!host || !isSignedBy(signature, host.publicKey)) return NO
    return { isAuthorized: true, context: { host: host.id, fleet: host.fleet } }
  }
