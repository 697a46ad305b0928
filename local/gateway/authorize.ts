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

type Jwt = Extract<Authorization, { kind: 'jwt' }>
/** Good at `from <= now < until`, epoch milliseconds. */
type Timed = { readonly from: number; readonly until: number; readonly answer: Authorized }

const ANSWERS_MAX = 10_000

/** Answers by what they were asked with, each for its time. Where there are too many, all are forgotten. */
const timedAnswers = (now: () => number) => {
  const known = new Map<string, Timed>()
  return async (key: string, ask: () => Promise<Timed>): Promise<Authorized> => {
    const found = known.get(key)
    if (found && found.from <= now() && now() < found.until) return found.answer
    const fresh = await ask()
    if (known.size >= ANSWERS_MAX) known.clear()
    if (now() < fresh.until) known.set(key, fresh)
    return fresh.answer
  }
}

/**
 * Checks a token as the JWT authorizer does, which takes it with the word `Bearer` before it or without: RSA signature by the issuer's keys, iss, aud, exp, nbf, iat. A token that is good at one
 * instant is good from then until it expires.
 */
const verify = async (token: string, { issuer, audience }: Jwt, keys: JSONWebKeySet, at: number): Promise<Timed> => {
  const refused = (why: string): Timed => ({ from: at, until: at, answer: unauthorized(why) })
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer,
      audience: [...audience],
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(at),
    })
    if (typeof payload.iat === 'number' && payload.iat * 1000 > at) return refused(WHY_EARLY)
    const claims = Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]))
    return { from: at, until: Number(payload.exp) * 1000, answer: { ok: true, context: { jwt: { claims, scopes: null } } } }
  } catch (error) {
    return refused(whyNot(error))
  }
}

/** Makes the gateway's check of one request. A token's signature is looked at once; a Lambda authorizer's answer is kept as the template says. */
export const openAuthorizer = ({ jwks, lambda, now }: AuthorizeOptions) => {
  const answers = timedAnswers(now)

  const byJwt = async (token: string | undefined, authorization: Jwt): Promise<Authorized> => {
    const { issuer, audience } = authorization
    if (!token)
      return unauthorized(
        'This operation is for people. Log in with: supersede login NAME, and send the token as "Authorization: Bearer …".',
      )
    const keys = jwks(issuer)
    if (!keys) return unauthorized(`Nothing is known of the issuer ${issuer}.`)
    return answers([issuer, ...audience, token].join(' '), () => verify(token, authorization, keys, now()))
  }

  const byLambda = async (
    token: string | undefined,
    { functionName, ttlSeconds }: Extract<Authorization, { kind: 'lambda' }>,
    event: Readonly<Record<string, unknown>>,
  ): Promise<Authorized> => {
    if (!token)
      return unauthorized(
        'This operation is for enrolled hosts: sign a token with the host’s own key and send it as "Authorization: Bearer …".',
      )
    return answers(`${functionName} ${token}`, async () => {
      const answer = await askLambda(functionName, event)
      return { from: Number.NEGATIVE_INFINITY, until: now() + ttlSeconds * 1000, answer }
    })
  }

  const askLambda = async (functionName: string, event: Readonly<Record<string, unknown>>): Promise<Authorized> => {
    const said = (await lambda.invoke(functionName, { ...event, type: 'REQUEST' })) as {
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
    const [, bearer, token] = /^(Bearer )?(\S+)$/i.exec(headers['authorization'] ?? '') ?? []
    return authorization.kind === 'jwt' ? byJwt(token, authorization) : byLambda(bearer && token, authorization, event)
  }
}
