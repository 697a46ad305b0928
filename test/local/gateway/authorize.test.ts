import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterAll, describe, expect, test } from '@jest/globals'
import { type JSONWebKeySet, SignJWT } from 'jose'
import { openAuthorizer } from '../../../local/gateway/authorize.ts'
import type { Authorization } from '../../../local/gateway/routes.ts'
import { openBundles } from '../lambda/bundles.ts'

const ISSUER = 'http://127.0.0.1:1/issuer'
const clock = { now: Date.parse('2026-11-23T10:00:00Z') }
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [ours, theirs] = [pair(), pair()]
const { n, e } = ours.publicKey.export({ format: 'jwk' })
const jwks: JSONWebKeySet = { keys: [{ kty: 'RSA', n: String(n), e: String(e), alg: 'RS256', use: 'sig', kid: 'k1' }] }

const { lambda, close } = openBundles({
  // Admits tokens that begin with "good", and tells how often it was asked.
  check: `let asked = 0
    export const handler = async event => ({
      isAuthorized: event.headers.authorization.startsWith('Bearer good'),
      context: { asked: ++asked, type: event.type, routeKey: event.routeKey },
    })`,
  other: 'export const handler = async () => ({ isAuthorized: true, context: { other: true } })',
  odd: 'export const handler = async event => event.odd',
})
afterAll(close)

const authorize = openAuthorizer({ jwks: issuer => (issuer === ISSUER ? jwks : undefined), lambda, now: () => clock.now })
const people: Authorization = { kind: 'jwt', issuer: ISSUER, audience: ['supersede', 'also'] }
const byJwt = (authorization: string | undefined) => authorize(people, authorization === undefined ? {} : { authorization }, {})

const seconds = () => Math.floor(clock.now / 1000)
const CLAIMS = { sub: 'bob', iss: ISSUER, aud: 'supersede', exp: seconds() + 60, name: 'Bob', groups: ['a', 'b'] }
const signed = (claims: object, key: KeyObject = ours.privateKey, alg = 'RS256') =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: 'k1' }).sign(key)
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const byHand = (header: object, signature: (text: string) => string) => {
  const text = `${encoded(header)}.${encoded(CLAIMS)}`
  return `${text}.${signature(text)}`
}
const without = (name: string) => Object.fromEntries(Object.entries(CLAIMS).filter(([key]) => key !== name))

describe('a person’s token', () => {
  test('of the issuer is admitted, with its claims as text and lists as the service writes them', async () => {
    expect(await byJwt(`Bearer ${await signed({ ...CLAIMS, admin: true, deep: { a: 1 } })}`)).toEqual({
      ok: true,
      context: {
        jwt: {
          claims: {
            sub: 'bob',
            iss: ISSUER,
            aud: 'supersede',
            exp: String(CLAIMS.exp),
            name: 'Bob',
            groups: '[a b]',
            admin: 'true',
            deep: '{"a":1}',
          },
          scopes: null,
        },
      },
    })
  })

  test.each([
    ['any of the audiences', { ...CLAIMS, aud: 'also' }],
    ['several audiences, ours among them', { ...CLAIMS, aud: ['x', 'supersede'] }],
    ['the last second of its life', { ...CLAIMS, exp: seconds() + 1 }],
  ])('is admitted with %s', async (_, claims) => expect(await byJwt(`Bearer ${await signed(claims)}`)).toMatchObject({ ok: true }))

  test('is admitted whatever the letters of "bearer"', async () =>
    expect(await byJwt(`bearer ${await signed(CLAIMS)}`)).toMatchObject({ ok: true }))

  test('is admitted without that word, too', async () => expect(await byJwt(await signed(CLAIMS))).toMatchObject({ ok: true }))

  const publicPem = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const ATTACKS: readonly (readonly [sentence: string, authorization: () => Promise<string> | string | undefined, detail: RegExp])[] = [
    ['no token', () => undefined, /for people\. Log in with: supersede login/],
    ['an empty one', () => '', /Log in with/],
    ['another scheme', () => 'Basic Ym9iOng=', /Log in with/],
    ['two tokens', () => 'Bearer a b', /Log in with/],
    ['a text that is no token', () => 'Bearer nonsense', /not one of this service’s issuer/],
    ['alg none, without a signature', () => `Bearer ${byHand({ alg: 'none' }, () => '')}`, /not one of/],
    ['alg None, spelled otherwise', () => `Bearer ${byHand({ alg: 'nOnE' }, () => '')}`, /not one of/],
    [
      'HS256 with the public key as the secret',
      () => `Bearer ${byHand({ alg: 'HS256', kid: 'k1' }, text => createHmac('sha256', publicPem).update(text).digest('base64url'))}`,
      /not one of/,
    ],
    ['another algorithm of the same key', async () => `Bearer ${await signed(CLAIMS, ours.privateKey, 'RS512')}`, /not one of/],
    ['another key under our key’s id', async () => `Bearer ${await signed(CLAIMS, theirs.privateKey)}`, /not one of/],
    [
      'a key that the token brings along',
      async () =>
        `Bearer ${await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', jwk: theirs.publicKey.export({ format: 'jwk' }) }).sign(theirs.privateKey)}`,
      /not one of/,
    ],
    [
      'another’s claims under a signature of ours',
      async () => {
        const [header, , signature] = (await signed(CLAIMS)).split('.')
        return `Bearer ${header}.${encoded({ ...CLAIMS, sub: 'root' })}.${signature}`
      },
      /not one of/,
    ],
    ['another issuer', async () => `Bearer ${await signed({ ...CLAIMS, iss: 'http://elsewhere' })}`, /not one of/],
    ['another audience', async () => `Bearer ${await signed({ ...CLAIMS, aud: 'elsewhere' })}`, /not one of/],
    ['no audience', async () => `Bearer ${await signed(without('aud'))}`, /not one of/],
    ['nobody in it', async () => `Bearer ${await signed(without('sub'))}`, /not one of/],
    ['no end', async () => `Bearer ${await signed(without('exp'))}`, /not one of/],
    ['an end that has come', async () => `Bearer ${await signed({ ...CLAIMS, exp: seconds() })}`, /has expired\. Log in again/],
    [
      'a beginning that has not',
      async () => `Bearer ${await signed({ ...CLAIMS, nbf: seconds() + 60 })}`,
      /not valid yet\. Check the clock/,
    ],
    [
      'a critical extension that nobody knows',
      async () => `Bearer ${byHand({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 }, () => 'AAAA')}`,
      /not one of/,
    ],
  ]
  test.each(ATTACKS)('is refused: %s', async (_, authorization, detail) => {
    const outcome = await byJwt(await authorization())
    const answer = outcome.ok ? null : outcome.answer
    expect(answer).toMatchObject({ status: 401, headers: { 'content-type': 'application/problem+json', 'www-authenticate': 'Bearer' } })
    expect(JSON.parse(String(answer?.body))).toMatchObject({ status: 401, code: 'unauthorized', detail: expect.stringMatching(detail) })
  })

  test('that was admitted before is refused when its time is over, and where the clock is set back to before its beginning', async () => {
    const [start, authorization] = [clock.now, `Bearer ${await signed({ ...CLAIMS, nbf: seconds() - 1 })}`]
    const admittedAt = async (at: number) => {
      clock.now = at
      return (await byJwt(authorization)).ok
    }
    const admitted: boolean[] = []
    for (const after of [0, 59_999, 60_000, 0, -1_000, -1_001]) admitted.push(await admittedAt(start + after))
    clock.now = start
    expect(admitted).toEqual([true, true, false, true, true, false])
  })

  test('of an issuer that nobody knows is refused', async () => {
    const elsewhere: Authorization = { ...people, issuer: 'http://elsewhere' }
    const outcome = await authorize(elsewhere, { authorization: `Bearer ${await signed({ ...CLAIMS, iss: 'http://elsewhere' })}` }, {})
    expect(outcome).toMatchObject({ ok: false, answer: { status: 401 } })
  })
})

describe('a Lambda authorizer', () => {
  const asking =
    (functionName: string, ttlSeconds = 60) =>
    (authorization: string | undefined, event: object = {}) =>
      authorize({ kind: 'lambda', functionName, ttlSeconds }, authorization === undefined ? {} : { authorization }, {
        headers: { authorization },
        routeKey: 'GET /x',
        ...event,
      })
  const asked = (outcome: Awaited<ReturnType<typeof authorize>>) =>
    outcome.ok ? Reflect.get(Object(outcome.context['lambda']), 'asked') : outcome.answer.status

  test('is handed the event, and its context goes on to the function', async () => {
    expect(await asking('check')('Bearer good-0')).toEqual({
      ok: true,
      context: { lambda: { asked: expect.any(Number), type: 'REQUEST', routeKey: 'GET /x' } },
    })
  })

  test('is asked once a token until its answer is too old', async () => {
    const ask = asking('check')
    const first = asked(await ask('Bearer good-1'))
    clock.now += 59_000
    expect(asked(await ask('Bearer good-1'))).toBe(first)
    clock.now += 1_000
    expect(asked(await ask('Bearer good-1'))).toBe(first + 1)
  })

  test('a kept answer is kept for its token and its function only', async () => {
    const first = asked(await asking('check')('Bearer good-2'))
    expect(asked(await asking('check')('Bearer good-3'))).toBe(first + 1)
    expect(await asking('other')('Bearer good-2')).toEqual({ ok: true, context: { lambda: { other: true } } })
  })

  test('is asked every time where the template says so', async () => {
    const ask = asking('check', 0)
    const first = asked(await ask('Bearer good-4'))
    expect(asked(await ask('Bearer good-4'))).toBe(first + 1)
  })

  test('a refusal is kept like any answer', async () => {
    const ask = asking('check')
    expect([asked(await ask('Bearer bad')), asked(await ask('Bearer bad'))]).toEqual([403, 403])
  })

  test('without a token it is not asked at all', async () => {
    expect(await asking('nobody')(undefined)).toMatchObject({ ok: false, answer: { status: 401 } })
  })

  test.each([null, 'yes', 1, {}, { isAuthorized: 'true' }, { isAuthorized: 1 }, { isAuthorized: false }])('%j is no yes', async odd => {
    expect(await asking('odd', 0)('Bearer x', { odd })).toMatchObject({ ok: false, answer: { status: 403 } })
  })

  test('one that fails lets nobody in, and its failure is not kept', async () => {
    await expect(asking('nobody')('Bearer x')).rejects.toThrow('Function not found')
    await expect(asking('nobody')('Bearer x')).rejects.toThrow('Function not found')
  })
})

test('a route without an authorizer asks for nothing', async () => {
  expect(await authorize({ kind: 'none' }, { authorization: 'Bearer nonsense' }, {})).toEqual({ ok: true, context: {} })
})
