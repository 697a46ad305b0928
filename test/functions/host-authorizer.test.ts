import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { authorizeHost } from '../../functions/authorizer/host-authorizer.ts'
import { createFleet, type DemoHost, enrol, jws } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
let [first, second]: readonly DemoHost[] = []
const stranger = generateKeyPairSync('ed25519').privateKey

beforeAll(async () => {
  await createFleet(house, 'edge')
  ;[first, second] = await enrol(house, 'edge', 2)
})

const key = (host: DemoHost | undefined) => host?.key ?? stranger
const seconds = () => Math.floor(house.time / 1_000)
const claims = (over: Readonly<Record<string, unknown>> = {}) => ({
  iss: 'edge-1',
  aud: 'supersede',
  iat: seconds(),
  exp: seconds() + 120,
  ...over,
})
const token = (over: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}) =>
  jws(claims(over), key(first), { alg: 'EdDSA', kid: 'edge-1', ...header })
const authorize = (authorization: string | undefined) => authorizeHost(house.ports)({ headers: { authorization } })
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const withHmac = (secret: string): string => {
  const signed = `${part({ alg: 'HS256', kid: 'edge-1' })}.${part(claims())}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const replaced = (index: number, by: (text: string) => string): string =>
  token()
    .split('.')
    .map((text, position) => (position === index ? by(text) : text))
    .join('.')

test('a host is let in by a short token that it signed itself, as itself and for its fleet', async () => {
  expect(await authorize(`Bearer ${token()}`)).toEqual({ isAuthorized: true, context: { host: 'edge-1', fleet: 'edge' } })
})

describe('a forged token lets nobody in', () => {
  const rows: readonly (readonly [string, () => string | undefined])[] = [
    ['no header', () => undefined],
    ['another scheme', () => `Basic ${token()}`],
    ['two tokens', () => `Bearer ${token()} ${token()}`],
    ['no token', () => 'Bearer '],
    ['alg none, unsigned', () => `Bearer ${part({ alg: 'none', kid: 'edge-1' })}.${part(claims())}.`],
    ['alg none, signed', () => `Bearer ${token({}, { alg: 'none' })}`],
    ['HMAC with the public key as secret', () => `Bearer ${withHmac(first?.publicKey ?? '')}`],
    ['an alg of other letters', () => `Bearer ${token({}, { alg: 'eddsa' })}`],
    ['signed by another host under this one’s id', () => `Bearer ${jws(claims(), key(second), { alg: 'EdDSA', kid: 'edge-1' })}`],
    ['signed by another host in this one’s name', () => `Bearer ${jws(claims(), key(second), { alg: 'EdDSA', kid: 'edge-2' })}`],
    ['signed by a stranger', () => `Bearer ${jws(claims(), stranger, { alg: 'EdDSA', kid: 'edge-1' })}`],
    ['a host that nobody enrolled', () => `Bearer ${jws(claims({ iss: 'moon-1' }), stranger, { alg: 'EdDSA', kid: 'moon-1' })}`],
    [
      'a key brought along in the header',
      () => `Bearer ${jws(claims(), stranger, { alg: 'EdDSA', kid: 'edge-1', jwk: { kty: 'OKP', crv: 'Ed25519' } })}`,
    ],
    ['expired', () => `Bearer ${token({ iat: seconds() - 200, exp: seconds() - 1 })}`],
    ['issued in the future', () => `Bearer ${token({ iat: seconds() + 60, exp: seconds() + 120 })}`],
    ['valid for longer than five minutes', () => `Bearer ${token({ exp: seconds() + 301 })}`],
    ['valid for ever', () => `Bearer ${token({ exp: undefined })}`],
    ['for another audience', () => `Bearer ${token({ aud: 'other' })}`],
    ['for two audiences', () => `Bearer ${token({ aud: ['supersede', 'other'] })}`],
    ['a changed claim', () => `Bearer ${replaced(1, () => part(claims({ exp: seconds() + 299 })))}`],
    ['a changed signature', () => `Bearer ${replaced(2, text => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`)}`],
    ['a signature spelt otherwise', () => `Bearer ${token()}=`],
    ['a fourth part', () => `Bearer ${token()}.x`],
    ['an endless token', () => `Bearer ${token({ pad: 'x'.repeat(5_000) })}`],
    [
      'a person’s token',
      () =>
        `Bearer ${jws({ sub: 'alice', iss: 'http://issuer', aud: 'supersede', iat: seconds(), exp: seconds() + 60 }, stranger, { alg: 'RS256', kid: 'rsa-1' })}`,
    ],
    ['an enrolment token', () => 'Bearer sse_abc'],
    ['a prototype in the claims', () => `Bearer ${signedText(`{"iss":"edge-1","__proto__":{"aud":"supersede"},"iat":1,"exp":2}`)}`],
  ]
  const signedText = (payload: string): string => {
    const signed = `${part({ alg: 'EdDSA', kid: 'edge-1' })}.${Buffer.from(payload).toString('base64url')}`
    return `${signed}.${sign(null, Buffer.from(signed), key(first)).toString('base64url')}`
  }
  test.each(rows)('%s', async (_, authorization) => {
    expect(await authorize(authorization())).toEqual({ isAuthorized: false })
  })
})
