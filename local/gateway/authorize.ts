import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import type { LambdaHost } from '../lambda/lambda-host.ts'
import { type HttpAnswer, problem } from './problem.ts'
import type { Authorization } from './routes.ts'

export type Authorized =
  | { readonly ok: true; readonly context: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly answer: HttpAnswer }

export type AuthorizeOptions = {
  readonly jwks: (issuer: string) => JSONWebKeySet | undefined
  readonly lambda: LambdaHost
  readonly now: () => number
}

const unauthorized = (detail: string): Authorized => ({
  ok: false,
  answer: problem(401, 'unauthorized', 'Not logged in', detail, { 'www-authenticate': 'Bearer' }),
})

/** The service hands claims on as text, and lists as `[a b]`. */
const claimText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(String).join(' ')}]` : typeof value === 'object' ? JSON.stringify(value) : String(value)

const WHY_EXPIRED = 'The token has expired. Log in again: supersede login NAME.'
const WHY_FORGED = 'The token is not one of this service’s issuer. Log in with: supersede login NAME.'
const WHY_EARLY = 'The token is not valid yet. Check the clock of the machine that issued it, or log in again: supersede login NAME.'

const whyNot = (error: unknown): string => {
  if (error instanceof errors.JWTExpired) return WHY_EXPIRED
  return error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf' ? WHY_EARLY : WHY_FORGED
}

/** Checks a bearer token as the JWT authorizer does: RSA signature by the issuer's keys, iss, aud, exp, nbf, iat. */
const byJwt = async (
  token: string | undefined,
  authorization: Extract<Authorization, { kind: 'jwt' }>,
  { jwks, now }: AuthorizeOptions,
): Promise<Authorized> => {
  if (!token)
    return unauthorized('This operation is for people. Log in with: supersede login NAME, and send the token as "Authorization: Bearer …".')
  const keys = jwks(authorization.issuer)
  if (!keys) return unauthorized(`Nothing is known of the issuer ${authorization.issuer}.`)
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: authorization.issuer,
      audience: [...authorization.audience],
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(now()),
    })
    if (typeof payload.iat === 'number' && payload.iat * 1000 > now()) return unauthorized(WHY_EARLY)
    const claims = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]))
    return { ok: true, context: { jwt: { claims, scopes: null } } }
  } catch (error) {
    return unauthorized(whyNot(error))
  }
}

type Cached = { readonly until: number; readonly answer: Authorized }

/** Makes the gateway's check of one request; answers of Lambda authorizers are kept as long as the template says. */
export const openAuthorizer = (options: AuthorizeOptions) => {
  const cache = new Map<string, Cached>()

  const byLambda = async (
    token: string | undefined,
    authorization: Extract<Authorization, { kind: 'lambda' }>,
    event: Readonly<Record<string, unknown>>,
  ): Promise<Authorized> => {
    if (!token)
      return unauthorized(
        'This operation is for enrolled hosts: sign a token with the host’s own key and send it as "Authorization: Bearer …".',
      )
    const key = `${authorization.functionName} ${token}`
    const cached = cache.get(key)
    if (cached && cached.until > options.now()) return cached.answer
    const answer = await askLambda(authorization.functionName, event)
    if (cache.size > 10_000) cache.clear()
    cache.set(key, { until: options.now() + authorization.ttlSeconds * 1000, answer })
    return answer
  }

  const askLambda = async (functionName: string, event: Readonly<Record<string, unknown>>): Promise<Authorized> => {
    const said = (await options.lambda.invoke(functionName, { ...event, type: 'REQUEST' })) as {
      isAuthorized?: unknown
      context?: Record<string, unknown>
    } | null
    if (said?.isAuthorized === true) return { ok: true, context: { lambda: said.context ?? {} } }
    return {
      ok: false,
      answer: problem(
        403,
        'forbidden',
        'Not an enrolled host',
        'The token is not one that an enrolled host signed within the last five minutes. Check the host’s clock, or enrol it again.',
      ),
    }
  }

  return async (
    authorization: Authorization,
    headers: Readonly<Record<string, string>>,
    event: Readonly<Record<string, unknown>>,
  ): Promise<Authorized> => {
    if (authorization.kind === 'none') return { ok: true, context: {} }
    const token = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
    return authorization.kind === 'jwt' ? byJwt(token, authorization, options) : byLambda(token, authorization, event)
  }
}
