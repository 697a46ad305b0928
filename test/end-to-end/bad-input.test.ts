import { createHash, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { importJWK, type JWK, SignJWT } from 'jose'
import { PEOPLE } from '../../demo/people.ts'
import { OPERATIONS, type OperationId } from '../../shared/operations/index.ts'
import { root } from '../infra/assembly.ts'
import { enrolment, type Host, hostToken, issueTokens, jws, newHost, reportOf } from './hosts.ts'
import { type Answered, type OnePlatform, openOnePlatform, until } from './one-platform.ts'

const moduleFile = (name: string): Buffer => readFileSync(join(root, 'examples/livepatches', `lp_proc_${name}.ko`))
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const NEW = digestOf(moduleFile('2'))
const NOBODY = '0'.repeat(64)

const platform = await openOnePlatform()
const { ask, send } = platform
afterAll(platform.close)

const host = newHost('edge-1', 'edge')
const stranger = newHost('edge-2', 'edge')
const known = { change: '', digest: '', etag: '', usedToken: '', freshToken: '', key: crypto.randomUUID() }

beforeAll(async () => {
  const fine = async (asked: Promise<Answered>, status: number): Promise<Answered> => {
    const answer = await asked
    expect([answer.status, answer.text]).toEqual([status, answer.text])
    return answer
  }
  await fine(ask('submit-patch', { as: 'alice', body: { module: moduleFile('2').toString('base64') } }), 201)
  for (const id of ['edge', 'core']) await fine(ask('create-fleet', { as: 'alice', body: { id } }), 201)
  await fine(ask('create-fleet', { as: 'alice', body: { id: 'kept' }, headers: { 'idempotency-key': known.key } }), 201)
  const [usedToken = '', freshToken = ''] = await issueTokens(platform, 'edge', 2)
  await fine(ask('enrol-host', { as: { token: usedToken }, path: { fleet: 'edge' }, body: enrolment(host) }), 201)
  await fine(report([reportOf(host, 1)]), 200)
  const { body } = await fine(ask('propose-change', { as: 'alice', body: { fleet: 'edge', livepatch: NEW, reason: 'why' } }), 201)
  const change = String(body['id'])
  const shown = await until(
    () => ask('show-change', { as: 'dave', path: { change } }),
    answer => answer.body['status'] === 'in-review',
  )
  Object.assign(known, { change, usedToken, freshToken, digest: String(shown.body['digest']), etag: shown.headers.get('etag') ?? '' })
}, 60_000)

const report = (reports: readonly string[], as: Host = host) =>
  ask('report-hosts', { as: { token: hostToken(as) }, path: { fleet: as.fleet }, body: { reports } })

/** Everything that can be seen, which a refused request must leave as it was. */
const everything = async ({ ask }: OnePlatform) => {
  const asked = await Promise.all([
    ask('list-history', { as: 'dave', query: { limit: '100' } }),
    ask('list-changes', { as: 'dave' }),
    ask('show-change', { as: 'dave', path: { change: known.change } }),
    ask('list-patches', { as: 'dave' }),
    ask('list-fleets', { as: 'dave' }),
    ask('show-fleet', { as: 'dave', path: { fleet: 'edge' } }),
    ask('list-hosts', { as: 'dave', path: { fleet: 'edge' } }),
    ask('show-host-history', { as: 'dave', path: { host: host.id } }),
  ])
  expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 200))
  return asked.map(({ text }) => text)
}

const people = (name: string) => {
  const person = PEOPLE.find(({ id }) => id === name)
  if (!person) throw new Error(`nobody is called ${name}`)
  return person
}
/** A token of the issuer's shape, by its key or another's, with claims bent. */
const personToken = async (claims: Readonly<Record<string, unknown>> = {}, forged = false): Promise<string> => {
  const { privateKey } = JSON.parse(readFileSync(join(platform.data, 'issuer.json'), 'utf8')) as { readonly privateKey: JWK }
  const key = forged ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : await importJWK(privateKey, 'RS256')
  const at = Math.floor(Date.now() / 1000)
  const { id, name, groups } = people('bob')
  const payload = { sub: id, name, groups: [...groups], iss: `${platform.url}/issuer`, aud: 'supersede', iat: at, exp: at + 60, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'local-1' }).sign(key)
}
const algNone = async (): Promise<string> => {
  const [, claims = ''] = (await personToken()).split('.')
  return `${Buffer.from('{"alg":"none","kid":"local-1"}').toString('base64url')}.${claims}.`
}

const propose = (more: object = {}, as: 'alice' | 'dave' = 'alice') =>
  ask('propose-change', { as, body: { fleet: 'core', livepatch: NEW, reason: 'because', ...more } })
const approve = (as: 'alice' | 'bob' | 'carol' | 'dave', digest = known.digest) =>
  ask('approve-change', { as, path: { change: known.change }, body: { decision: 'approve', digest } })
const control = (command: string, headers: Readonly<Record<string, string>>) =>
  ask('control-change', { as: 'bob', path: { change: known.change }, body: { command }, headers })
const fleet = (more: object) => ask('create-fleet', { as: 'alice', body: { id: 'new' }, ...more })
const submit = (bytes: Buffer) => ask('submit-patch', { as: 'alice', body: { module: bytes.toString('base64') } })
const withToken = async (token: string | Promise<string>) => ask('list-changes', { as: { token: await token } })
const directive = async (token: string | Promise<string>, of = 'edge') =>
  ask('show-directive', { as: { token: await token }, path: { fleet: of } })
const enrol = (token: string | undefined, body: unknown = enrolment(stranger)) =>
  ask('enrol-host', { ...(token === undefined ? {} : { as: { token } }), path: { fleet: 'edge' }, body })

type Row = readonly [
  sentence: string,
  asked: () => Promise<Answered>,
  status: number,
  code: string,
  more?: Readonly<Record<string, unknown>>,
]
const ROWS: readonly Row[] = [
  ['an unknown route', () => send('GET', '/nonsense'), 404, 'unknown-route'],
  ['an unknown route, written to', () => send('POST', '/nonsense', { body: {} }), 404, 'unknown-route'],
  ['an unknown route below a known one', () => send('GET', `/changes/${known.change}/secrets`, { as: 'alice' }), 404, 'unknown-route'],
  ['a broken escape', () => send('GET', '/changes/%zz', { as: 'alice' }), 404, 'unknown-route'],
  ['a broken escape of a file', () => send('GET', '/modules/%zz'), 404, 'unknown-route'],
  ['an empty name in a path', () => send('GET', '/changes/', { as: 'alice' }), 404, 'unknown-route'],
  ['a wrong method', () => send('DELETE', `/changes/${known.change}`, { as: 'alice' }), 405, 'method-not-allowed'],
  ['a file, written to', () => send('PUT', '/index.html', { text: 'mine' }), 404, 'unknown-route'],
  ['a login with a wrong code', () => send('POST', '/issuer/token', { body: { person: 'bob', code: 'é'.repeat(24) } }), 403, 'bad-code'],
  ['malformed JSON', () => fleet({ text: '{"id":' }), 400, 'malformed-json'],
  ['no body', () => fleet({ body: undefined }), 400, 'malformed-json'],
  ['a bomb of brackets', () => fleet({ text: '['.repeat(50_000) }), 400, 'malformed-json'],
  ['bytes that are no UTF-8 text', () => fleet({ text: '\ud800' }), 400, 'malformed-json'],
  ['a body of another type', () => fleet({ headers: { 'content-type': 'text/plain' } }), 415, 'not-json'],
  ['a body over the operation’s limit', () => fleet({ body: { id: 'x', description: 'x'.repeat(70_000) } }), 413, 'body-too-large'],
  ['a body over the gateway’s limit', () => fleet({ text: 'x'.repeat(10 * 1024 * 1024 + 1) }), 413, 'body-too-large'],
  ['a body far over the gateway’s limit', () => fleet({ text: 'x'.repeat(30 * 1024 * 1024) }), 413, 'body-too-large'],
  ['a field that is not known', () => fleet({ body: { id: 'x', owner: 'me' } }), 422, 'invalid-input'],
  ['a fleet that exists', () => fleet({ body: { id: 'edge' } }), 409, 'fleet-exists'],

  ['a file that is no module', () => submit(Buffer.from('no module')), 422, 'not-a-livepatch'],
  ['a module that is cut', () => submit(moduleFile('1').subarray(0, 3000)), 422, 'not-a-livepatch'],
  ['a program that is no module', () => submit(readFileSync(process.execPath).subarray(0, 100_000)), 422, 'not-a-livepatch'],
  ['a module above 4 MB', () => submit(Buffer.alloc(4_194_305)), 413, 'module-too-large', { uploads: '/patches/uploads' }],
  ['a name that is taken', () => submit(Buffer.concat([moduleFile('2'), Buffer.from('\0')])), 409, 'livepatch-name-taken', { by: NEW }],
  [
    'an upload that never came',
    () => ask('submit-patch', { as: 'alice', body: { upload: '01ARZ3NDEKTSV4RRFFQ69G5FAV' } }),
    422,
    'upload-missing',
  ],

  ['an unknown fleet', () => ask('show-fleet', { as: 'dave', path: { fleet: 'moon' } }), 404, 'unknown-fleet'],
  ['an unknown host', () => ask('show-host-history', { as: 'dave', path: { host: 'moon-1' } }), 404, 'unknown-host'],
  ['an unknown change', () => ask('show-change', { as: 'dave', path: { change: '../edge' } }), 404, 'unknown-change'],
  ['an unknown livepatch', () => ask('show-patch', { as: 'dave', path: { digest: NOBODY } }), 404, 'unknown-livepatch'],
  ['a proposal for an unknown fleet', () => propose({ fleet: 'moon' }), 404, 'unknown-fleet'],
  ['a proposal of an unknown livepatch', () => propose({ livepatch: NOBODY }), 404, 'unknown-livepatch'],
  ['a plan that never ends', () => propose({ plan: { waves: [{ share: 5_000 }] } }), 422, 'plan-refused'],
  ['a second active change for a fleet', () => propose({ fleet: 'edge' }), 409, 'fleet-busy', { holder: expect.any(String) }],
  ['an auditor who proposes', () => propose({}, 'dave'), 403, 'forbidden'],

  ['an approval of an outdated change digest', () => approve('bob', NOBODY), 409, 'outdated-digest', { digest: expect.any(String) }],
  ['an approval of one’s own proposal', () => approve('alice'), 403, 'four-eyes'],
  ['an auditor who approves', () => approve('dave'), 403, 'forbidden'],
  ['a control that the state does not allow', () => control('resume', { 'if-match': known.etag }), 409, 'not-allowed-now'],
  ['a control without If-Match', () => control('abort', {}), 428, 'missing-if-match'],
  ['a control with a stale If-Match', () => control('abort', { 'if-match': '"1"' }), 412, 'outdated-version'],
  ['a control that is none', () => control('force', { 'if-match': known.etag }), 422, 'invalid-input'],

  ['a mutation without Idempotency-Key', () => fleet({ headers: { 'idempotency-key': undefined } }), 400, 'missing-idempotency-key'],
  [
    'a replayed Idempotency-Key with another body',
    () => fleet({ body: { id: 'other' }, headers: { 'idempotency-key': known.key } }),
    422,
    'idempotency-key-reused',
  ],
  ['a forged cursor', () => ask('list-changes', { as: 'dave', query: { cursor: 'bm90LW91cnM' } }), 400, 'bad-cursor'],

  ['no token', () => ask('list-changes'), 401, 'unauthorized'],
  ['an expired token', () => withToken(personToken({ iat: 1, exp: 2 })), 401, 'unauthorized'],
  ['a token for somebody else', () => withToken(personToken({ aud: 'elsewhere' })), 401, 'unauthorized'],
  ['a forged token', () => withToken(personToken({}, true)), 401, 'unauthorized'],
  ['a token with alg none', () => withToken(algNone()), 401, 'unauthorized'],
  ['a host’s token on a person’s route', () => withToken(hostToken(host)), 401, 'unauthorized'],
  ['a person’s token on a host’s route', () => directive(platform.issuer.token(people('alice'))), 403, 'forbidden'],
  ['a host’s token that has expired', () => directive(hostToken(host, -1)), 403, 'forbidden'],
  ['a host’s token that lives too long', () => directive(hostToken(host, 3600)), 403, 'forbidden'],
  ['a host’s token by another key', () => directive(hostToken(host, 60, stranger.key)), 403, 'forbidden'],
  ['a token of a host that nobody enrolled', () => directive(hostToken(stranger)), 403, 'forbidden'],
  ['a host that asks for another fleet', () => directive(hostToken(host), 'core'), 403, 'wrong-fleet'],

  ['a reused enrolment token', () => enrol(known.usedToken), 401, 'bad-enrolment-token'],
  ['no enrolment token', () => enrol(undefined), 401, 'bad-enrolment-token'],
  ['a person’s token instead', async () => enrol(await platform.issuer.token(people('alice'))), 401, 'bad-enrolment-token'],
  ['an enrolment under another’s key', () => enrol(known.freshToken, enrolment(stranger, host.key)), 422, 'bad-proof'],
  ['an enrolment of a host that is there', () => enrol(known.freshToken, enrolment(newHost('edge-1', 'edge'))), 409, 'host-exists'],
  [
    'an enrolment in another fleet than its token’s',
    () =>
      ask('enrol-host', {
        as: { token: known.freshToken },
        path: { fleet: 'core' },
        body: enrolment({ ...stranger, fleet: 'core' }),
      }),
    401,
    'bad-enrolment-token',
  ],
]

describe('what is wrong gets the right status and a document that says what to do, and changes nothing', () => {
  test.each(ROWS)('%s', async (_, asked, status, code, more = {}) => {
    const before = await everything(platform)
    const answer = await asked()
    expect(answer).toMatchObject({ status, body: { ...more, status, code, type: `https://supersede.dev/problems/${code}` } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(String(answer.body['title']).length).toBeGreaterThan(5)
    expect(String(answer.body['detail']).length).toBeGreaterThan(20)
    expect(await everything(platform)).toEqual(before)
  })
})

describe('every function may touch what it needs, as it is deployed', () => {
  const reads: readonly OperationId[] = OPERATIONS.filter(one => one.audience === 'person' && one.method === 'GET').map(({ id }) => id)
  /** Ids of things that are there, and for the rest of things that are not. */
  const path = () => ({
    change: known.change,
    fleet: 'edge',
    host: host.id,
    digest: NEW,
    hold: 'none',
    edit: 'none',
    receiver: 'none',
    delivery: 'none',
  })
  const ofNothing: readonly OperationId[] = ['show-policy-edit', 'list-deliveries']

  test.each(reads)('%s answers who may look', async id => {
    const { status, text } = await ask(id, { as: 'dave', path: path() })
    expect([status, text]).toEqual([ofNothing.includes(id) ? 404 : 200, text])
  })

  test('a clearance of what does not wait is refused, and a host is told that there is none for it', async () => {
    const body = { evidence: NOBODY, reason: 'it looks idle' }
    const cleared = await ask('clear-transition', { as: 'alice', path: path(), body })
    expect([cleared.status, cleared.text]).toEqual([409, cleared.text])
    const asked = await ask('show-clearance', { as: { token: hostToken(host) }, path: path() })
    expect(asked).toMatchObject({ status: 404, body: { code: expect.stringMatching(/clearance/) } })
  })
})

describe('reports', () => {
  const forged = [
    ['by another key', () => reportOf(host, 7, stranger.key)],
    ['of a host that nobody enrolled', () => reportOf(stranger, 7)],
    ['that is none', () => 'x.y.z'],
    ['with alg none', () => jws({}, host.key, { alg: 'none', kid: host.id })],
  ] as const
  test.each(forged)('one %s is rejected by its index, and counts for nothing', async (_, made) => {
    const before = await everything(platform)
    const { status, body } = await report([made()])
    expect([status, body]).toEqual([
      200,
      { accepted: 0, ignored: 0, rejected: [{ index: 0, code: expect.any(String), detail: expect.any(String) }] },
    ])
    expect(await everything(platform)).toEqual(before)
  })

  test('one that was sent before is ignored', async () => {
    const before = await everything(platform)
    expect((await report([reportOf(host, 1)])).body).toEqual({ accepted: 0, ignored: 1, rejected: [] })
    expect(await everything(platform)).toEqual(before)
  })
})

describe('an upload', () => {
  test('takes just the bytes it was offered for', async () => {
    const [bytes, others] = [moduleFile('1'), moduleFile('3')]
    const offered = await ask('upload-patch', { as: 'alice', body: { size: bytes.length, digest: digestOf(bytes) } })
    expect(offered.status).toBe(201)
    const url = String(offered.body['url'])
    const checksum = (of: Buffer) => createHash('sha256').update(of).digest('base64')
    const put = async (body: Buffer, sum: Buffer) =>
      (await fetch(url, { method: 'PUT', body: new Uint8Array(body), headers: { 'x-amz-checksum-sha256': checksum(sum) } })).status
    expect(await put(others, others)).toBe(403)
    expect(await put(Buffer.concat([bytes, Buffer.from('x')]), bytes)).toBe(403)
    expect(await put(Buffer.alloc(bytes.length), bytes)).toBe(400)
    const submitUpload = () => ask('submit-patch', { as: 'alice', body: { upload: String(offered.body['upload']) } })
    expect(await submitUpload()).toMatchObject({ status: 422, body: { code: 'upload-missing' } })
    expect(await put(bytes, bytes)).toBe(200)
    expect(await submitUpload()).toMatchObject({ status: 201, body: { digest: digestOf(bytes) } })
  })
})

describe('after all of that', () => {
  test('what is right goes through: each refusal above was for its own reason', async () => {
    expect(await withToken(personToken())).toMatchObject({ status: 200 })
    expect(await enrol(known.freshToken)).toMatchObject({ status: 201 })
    expect(await fleet({ body: { id: 'kept' }, headers: { 'idempotency-key': known.key } })).toMatchObject({ status: 201 })
    expect([(await approve('bob')).status, (await approve('carol')).status]).toEqual([201, 201])
  })

  test('no function failed, and nobody’s token or code stands in the log', () => {
    const log = platform.log.join('\n')
    expect(log).not.toMatch(/ failed: |Unhandled|"level":"ERROR"/)
    expect(log).not.toMatch(/Bearer ey|eyJ[\w-]+\.eyJ/)
    expect(log).not.toContain(platform.issuer.code)
    expect(log).not.toContain(known.freshToken)
  })
})
