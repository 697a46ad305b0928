import { createHash, createPrivateKey, generateKeyPairSync, type JsonWebKey, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JSONWebKeySet, SignJWT } from 'jose'
import type { HttpAsk } from '../gateway/http-api.ts'
import { type HttpAnswer, problem } from '../gateway/problem.ts'
import { writeSecret } from '../secret-file.ts'

/** Somebody who may log in on this machine. */
export type Person = { readonly id: string; readonly name: string; readonly groups: readonly string[] }

export type IssuerOptions = {
  readonly directory: string
  readonly url: string
  readonly audience: string
  readonly people: readonly Person[]
  readonly now: () => number
}

export type Issuer = {
  /** Whoever can read this can be anyone of the people: it stands in a file that only its owner reads. */
  readonly code: string
  readonly jwks: JSONWebKeySet
  readonly token: (person: Person) => Promise<string>
  readonly answer: (ask: HttpAsk) => Promise<HttpAnswer>
}

const TOKEN_SECONDS = 8 * 3600
const KEY_ID = 'local-1'

type Kept = { readonly code: string; readonly privateKey: JsonWebKey }

const load = (directory: string): Kept => {
  const file = join(directory, 'issuer.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Kept
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kept = { code: randomBytes(18).toString('base64url'), privateKey: privateKey.export({ format: 'jwk' }) }
  writeSecret(file, JSON.stringify(kept, null, 2))
  return kept
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
/** In a time that says nothing about where or in what length they differ. */
const equal = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

const json = (body: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

/** The identity provider of one machine: an OpenID Connect issuer with a fixed list of people. */
export const openIssuer = ({ directory, url, audience, people, now }: IssuerOptions): Issuer => {
  const { code, privateKey } = load(directory)
  const key = createPrivateKey({ key: privateKey, format: 'jwk' })
  const { kty, n, e } = privateKey
  const jwks: JSONWebKeySet = { keys: [{ kty: String(kty), n: String(n), e: String(e), alg: 'RS256', use: 'sig', kid: KEY_ID }] }

  const token = (person: Person): Promise<string> => {
    const at = Math.floor(now() / 1000)
    return new SignJWT({ name: person.name, groups: [...person.groups] })
      .setProtectedHeader({ alg: 'RS256', kid: KEY_ID })
      .setSubject(person.id)
      .setIssuer(url)
      .setAudience(audience)
      .setIssuedAt(at)
      .setExpirationTime(at + TOKEN_SECONDS)
      .sign(key)
  }

  const logIn = async (body: Buffer): Promise<HttpAnswer> => {
    let asked: Record<string, unknown>
    try {
      asked = JSON.parse(body.toString('utf8')) as Record<string, unknown>
    } catch {
      return problem(400, 'malformed-json', 'Malformed JSON', 'Send {"person": NAME, "code": CODE}.')
    }
    if (!equal(String(asked?.['code']), code))
      return problem(
        403,
        'bad-code',
        'Wrong code',
        'The code stands in issuer.json in the data directory, and in the URL that npm start prints.',
      )
    const person = people.find(({ id }) => id === asked['person'])
    if (!person) return problem(404, 'unknown-person', 'Unknown person', `There are ${people.map(({ id }) => id).join(', ')}.`)
    return json({ access_token: await token(person), token_type: 'Bearer', expires_in: TOKEN_SECONDS, person })
  }

  return {
    code,
    jwks,
    token,
    answer: async ask => {
      if (ask.method === 'GET' && ask.path === '/issuer/.well-known/openid-configuration')
        return json({
          issuer: url,
          jwks_uri: `${url}/jwks.json`,
          token_endpoint: `${url}/token`,
          id_token_signing_alg_values_supported: ['RS256'],
        })
      if (ask.method === 'GET' && ask.path === '/issuer/jwks.json') return json(jwks)
      if (ask.method === 'GET' && ask.path === '/issuer/people') return json({ items: people })
      if (ask.method === 'POST' && ask.path === '/issuer/token') return logIn(ask.body)
      return problem(404, 'unknown-route', 'No such route', 'The local issuer has /issuer/token, /issuer/people and /issuer/jwks.json.')
    },
  }
}
