import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { openIssuer } from '../../../local/issuer/issuer.ts'
import { askOf } from '../gateway/given.ts'

const directory = mkdtempSync(join(tmpdir(), 'supersede-issuer-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const URL = 'http://127.0.0.1:1/issuer'
const NOW = Date.parse('2026-11-23T10:00:00Z')
const people = [
  { id: 'alice', name: 'Alice', groups: ['operators', 'security'] },
  { id: 'zoe', name: 'Zoë', groups: [] },
]
const open = () => openIssuer({ directory, url: URL, audience: 'supersede', people, now: () => NOW })
const issuer = open()
const ask = async (method: string, path: string, body = '') => {
  const answer = await issuer.answer(askOf(method, path, { body: Buffer.from(body) }))
  return { ...answer, json: JSON.parse(String(answer.body)) as Record<string, unknown> }
}
const logIn = (body: unknown) => ask('POST', '/issuer/token', typeof body === 'string' ? body : JSON.stringify(body))
const verified = (token: unknown) =>
  jwtVerify(String(token), createLocalJWKSet(issuer.jwks), { issuer: URL, audience: 'supersede', currentDate: new Date(NOW) })

describe('logging in on one machine', () => {
  test.each(people)('with the code, as $name', async ({ id, name, groups }) => {
    const { status, json, headers } = await logIn({ person: id, code: issuer.code })
    expect([status, headers['cache-control'], json['token_type'], json['expires_in']]).toEqual([200, 'no-store', 'Bearer', 28_800])
    const { payload, protectedHeader } = await verified(json['access_token'])
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: 'local-1' })
    expect(payload).toEqual({ sub: id, name, groups, iss: URL, aud: 'supersede', iat: NOW / 1000, exp: NOW / 1000 + 28_800 })
  })

  const wrong = (code: unknown) => ({ person: 'alice', code })
  test.each([
    ['another code', wrong('x'.repeat(24)), 403, 'bad-code'],
    ['a code that is part of it', wrong(issuer.code.slice(0, -1)), 403, 'bad-code'],
    ['a code of as many letters, but not ASCII', wrong('é'.repeat(issuer.code.length)), 403, 'bad-code'],
    ['no code', { person: 'alice' }, 403, 'bad-code'],
    ['a code that is a list', wrong([issuer.code, '']), 403, 'bad-code'],
    ['somebody who is not there', { person: 'mallory', code: issuer.code }, 404, 'unknown-person'],
    ['what every object has', { person: '__proto__', code: issuer.code }, 404, 'unknown-person'],
    ['nobody', { code: issuer.code }, 404, 'unknown-person'],
    ['malformed JSON', '{"person":', 400, 'malformed-json'],
    ['nothing', '', 400, 'malformed-json'],
    ['null', 'null', 403, 'bad-code'],
    ['a text', '"alice"', 403, 'bad-code'],
  ])('is refused with %s', async (_, body, status, code) => {
    const answer = await logIn(body)
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json' }, json: { status, code } })
    expect(String(answer.json['detail']).length).toBeGreaterThan(10)
    expect(String(answer.body)).not.toContain(issuer.code)
  })
})

describe('what the issuer publishes', () => {
  test('is where its keys are, and their public half only', async () => {
    expect((await ask('GET', '/issuer/.well-known/openid-configuration')).json).toMatchObject({ issuer: URL, jwks_uri: `${URL}/jwks.json` })
    const { json } = await ask('GET', '/issuer/jwks.json')
    const keys = json['keys'] as readonly object[]
    expect(keys.map(key => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']])
  })

  test('is who there is, without a code', async () => expect((await ask('GET', '/issuer/people')).json).toEqual({ items: people }))

  test.each([
    ['GET', '/issuer/token'],
    ['POST', '/issuer/people'],
    ['GET', '/issuer/issuer.json'],
    ['GET', '/issuer/../issuer.json'],
  ])('%s %s is not there', async (method, path) => expect((await ask(method, path)).status).toBe(404))
})

describe('what the issuer keeps', () => {
  test('can be read by its owner only', () => expect(statSync(join(directory, 'issuer.json')).mode & 0o777).toBe(0o600))

  test('is the same after a start: old tokens hold, and so does the code', async () => {
    const token = await issuer.token({ id: 'alice', name: 'Alice', groups: [] })
    const again = open()
    expect([again.code, again.jwks]).toEqual([issuer.code, issuer.jwks])
    expect((await jwtVerify(token, createLocalJWKSet(again.jwks), { currentDate: new Date(NOW) })).payload.sub).toBe('alice')
    expect(JSON.parse(readFileSync(join(directory, 'issuer.json'), 'utf8'))).toMatchObject({ code: issuer.code })
  })
})
