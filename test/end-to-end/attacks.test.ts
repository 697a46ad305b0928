import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { importJWK, type JWK, SignJWT } from 'jose'
import { root } from '../infra/assembly.ts'
import { enrolment, hostToken, issueTokens, newHost, reportOf } from './hosts.ts'
import { type Answered, openOnePlatform, until } from './one-platform.ts'

/* What somebody with a valid login, or with a token of his own making, may try. Each through HTTP, against the stack as it is deployed. */

const moduleFile = (name: string): Buffer => readFileSync(join(root, 'examples/livepatches', `lp_proc_${name}.ko`))
const NEW = createHash('sha256').update(moduleFile('2')).digest('hex')

const platform = await openOnePlatform()
const { ask, send } = platform
afterAll(platform.close)

const seconds = (): number => Math.floor(Date.now() / 1000)

/** A token of the issuer's own key, with whatever claims somebody managed to be given. */
const tokenOf = async (claims: Readonly<Record<string, unknown>>): Promise<{ readonly token: string }> => {
  const { privateKey } = JSON.parse(readFileSync(join(platform.data, 'issuer.json'), 'utf8')) as { readonly privateKey: JWK }
  const payload = { iss: `${platform.url}/issuer`, aud: 'supersede', iat: seconds(), exp: seconds() + 60, ...claims }
  const key = await importJWK(privateKey, 'RS256')
  return { token: await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'local-1' }).sign(key) }
}

let fleets = 0
/** A change by alice that waits for its approvals, on a fleet of its own. */
const inReview = async (plan?: object, livepatch = NEW): Promise<{ readonly change: string; readonly digest: string }> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  await ask('create-fleet', { as: 'alice', body: { id: fleet } })
  const proposed = await ask('propose-change', { as: 'alice', body: { fleet, livepatch, reason: 'why', plan } })
  const change = String(proposed.body['id'])
  const { body } = await until(
    () => show(change),
    answer => answer.body['status'] === 'in-review',
  )
  return { change, digest: String(body['digest']) }
}
const show = (change: string): Promise<Answered> => ask('show-change', { as: 'dave', path: { change } })
const approve = (as: Parameters<typeof ask>[1] & object, { change, digest }: { readonly change: string; readonly digest: string }) =>
  ask('approve-change', { ...as, path: { change }, body: { decision: 'approve', digest } })
const standing = async (change: string) => {
  const { body } = await show(change)
  const approvals = Array.isArray(body['approvals']) ? body['approvals'].map(({ by }) => String(by)) : []
  return { status: body['status'], approvals }
}

beforeAll(async () => {
  await ask('submit-patch', { as: 'alice', body: { module: moduleFile('2').toString('base64') } })
}, 60_000)

describe('approving one’s own proposal', () => {
  test('by a second account of the same subject', async () => {
    const reviewed = await inReview()
    const again = await tokenOf({ sub: 'alice', name: 'Somebody Else', groups: ['security'], email: 'else@example.org' })
    expect(await approve({ as: again }, reviewed)).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await standing(reviewed.change)).toEqual({ status: 'in-review', approvals: [] })
  })

  test('after a change of groups', async () => {
    const reviewed = await inReview()
    for (const groups of [['security'], ['kernel-maintainers', 'security', 'operators'], []])
      expect((await approve({ as: await tokenOf({ sub: 'alice', name: 'Alice', groups }) }, reviewed)).status).toBe(403)
    expect((await standing(reviewed.change)).approvals).toEqual([])
  })
})

describe('approving what one has built, though somebody else proposed it', () => {
  const BUILT = createHash('sha256').update(moduleFile('3')).digest('hex')
  const submit = (as: 'alice' | 'bob') => ask('submit-patch', { as, body: { module: moduleFile('3').toString('base64') } })
  const decide = (as: 'bob' | 'carol', change: string, body: object) => ask('approve-change', { as, path: { change }, body })

  test('by who submitted the livepatch, in whatever way, also after it was submitted again', async () => {
    expect([(await submit('bob')).status, (await submit('alice')).status]).toEqual([201, 200])
    const reviewed = await inReview({}, BUILT)
    const { change, digest } = reviewed
    const until = new Date(Date.now() + 3_600_000).toISOString()
    expect((await show(change)).body).toMatchObject({ proposer: 'alice', builder: 'bob' })
    expect(await approve({ as: 'bob' }, reviewed)).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect((await decide('bob', change, { decision: 'delegate', to: 'carol', until })).status).toBe(403)
    expect((await decide('carol', change, { decision: 'delegate', to: 'bob', until })).status).toBe(422)
    expect((await decide('bob', change, { decision: 'confirm', digest })).status).toBe(403)
    expect((await decide('bob', change, { decision: 'comment', comment: 'it is mine' })).status).toBe(201)
    expect(await standing(change)).toEqual({ status: 'in-review', approvals: [] })
    expect((await approve({ as: 'carol' }, reviewed)).status).toBe(201)
  })
})

describe('being counted twice', () => {
  test('one subject under two names and two groups is one person', async () => {
    const reviewed = await inReview()
    const [first, second] = [
      await tokenOf({ sub: 'bob', name: 'Bob', groups: ['kernel-maintainers'] }),
      await tokenOf({ sub: 'bob', name: 'Robert', groups: ['security'] }),
    ]
    expect((await approve({ as: first }, reviewed)).status).toBe(201)
    await approve({ as: second }, reviewed)
    expect(await standing(reviewed.change)).toEqual({ status: 'in-review', approvals: ['bob'] })
  })

  test('the same request a hundred times at once', async () => {
    const reviewed = await inReview()
    const answers = await Promise.all(Array.from({ length: 100 }, () => approve({ as: 'bob' }, reviewed)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(await standing(reviewed.change)).toEqual({ status: 'in-review', approvals: ['bob'] })
  })
})

describe('groups that look alike', () => {
  test.each([
    ['a Cyrillic letter', ['s\u0435curity', 'kernel-maintainers\u200b']],
    ['full-width letters', ['\uff53ecurity', '\uff4bernel-maintainers']],
    ['another case', ['Security', 'KERNEL-MAINTAINERS']],
    ['blanks around it', [' security', 'security ']],
    ['one name that reads as two groups', ['guests security', 'guests,kernel-maintainers']],
    ['brackets', ['[security]', '[kernel-maintainers]']],
    ['a policy’s own words', ['Group::"security"', 'x" || true || "']],
  ])('%s', async (_, groups) => {
    const reviewed = await inReview()
    const eve = await tokenOf({ sub: 'eve', name: 'Eve', groups })
    expect(await approve({ as: eve }, reviewed)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await ask('list-changes', { as: eve })).status).toBe(403)
  })
})

describe('the same token, sent in another way', () => {
  test('without the word before it, a list that reads as other groups in the gateway’s own writing gives none of them', async () => {
    const { token } = await tokenOf({ sub: 'eve', name: 'Eve', groups: ['guests security', 'x,kernel-maintainers'] })
    for (const authorization of [token, ` ${token} `, `bearer ${token}`])
      expect((await ask('list-changes', { headers: { authorization } })).status).toBe(403)
  })
})

describe('subjects that pass for another', () => {
  test.each([
    ['for the workflow', 'supersede'],
    ['by a character that nobody sees', 'bob\u200b'],
    ['by one that ends a text', 'bob\u0000'],
    ['by one that turns it round', '\u202ebob'],
    ['by a blank', ' bob'],
    ['by half a character', '\ud83d'],
    ['by their length, for none that fits into a record', 'b'.repeat(256)],
  ])('%s', async (_, sub) => {
    const reviewed = await inReview()
    const as = await tokenOf({ sub, name: 'Bob', groups: ['kernel-maintainers', 'security'] })
    expect(await approve({ as }, reviewed)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(await standing(reviewed.change)).toEqual({ status: 'in-review', approvals: [] })
  })

  test('a name of ten thousand letters is cut to a line', async () => {
    const { change } = await inReview()
    const as = await tokenOf({ sub: 'bob', name: 'b'.repeat(5_000), groups: ['kernel-maintainers'] })
    expect((await ask('approve-change', { as, path: { change }, body: { decision: 'comment', comment: 'hi' } })).status).toBe(201)
    expect((await show(change)).text).not.toContain('b'.repeat(129))
  })
})

describe('tokens', () => {
  test.each([
    ['of a wrong issuer', { iss: 'https://issuer.example' }],
    ['for a wrong audience', { aud: 'elsewhere' }],
    ['that have expired', { iat: 1, exp: 2 }],
    ['that are not valid yet', { nbf: seconds() + 600 }],
    ['of the future', { iat: seconds() + 600, exp: seconds() + 1_200 }],
    ['without a subject', { sub: undefined }],
    ['of an empty subject', { sub: '' }],
  ])('%s let nobody in', async (_, claims) => {
    const token = await tokenOf({ sub: 'bob', name: 'Bob', groups: ['kernel-maintainers'], ...claims })
    expect((await ask('list-changes', { as: token })).status).toBe(401)
  })
})

describe('tokens that the issuer did not sign', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = () => ({ iss: `${platform.url}/issuer`, aud: 'supersede', sub: 'bob', groups: ['security'], exp: seconds() + 60 })
  const unsigned = (header: object): string => `${part(header)}.${part(claims())}`
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const byStranger = (header: object): string => {
    const text = unsigned({ alg: 'RS256', ...header })
    return `${text}.${sign('sha256', Buffer.from(text), stranger.privateKey).toString('base64url')}`
  }

  test.each<readonly [string, (issuerKey: string) => string]>([
    ['of alg none', () => `${unsigned({ alg: 'none' })}.`],
    ['of alg None, with the key named', () => `${unsigned({ alg: 'None', kid: 'local-1' })}.AAAA`],
    [
      'with the public key for a secret',
      issuerKey => {
        const text = unsigned({ alg: 'HS256', kid: 'local-1' })
        return `${text}.${createHmac('sha256', issuerKey).update(text).digest('base64url')}`
      },
    ],
    ['of a stranger’s key under the issuer’s name for its own', () => byStranger({ kid: 'local-1' })],
    ['that bring their key along', () => byStranger({ jwk: stranger.publicKey.export({ format: 'jwk' }) })],
    ['that say where their key is', () => byStranger({ jku: `${platform.url}/jwks.json`, x5u: `${platform.url}/key.pem` })],
    ['whose key is a path', () => byStranger({ kid: '../../issuer.json' })],
  ])('%s let nobody in', async (_, made) => {
    const { body } = await send('GET', '/issuer/jwks.json')
    const [jwk] = Array.isArray(body['keys']) ? body['keys'] : []
    const issuerKey = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
    for (const authorization of [`Bearer ${made(issuerKey)}`, made(issuerKey)])
      expect((await send('GET', '/changes', { headers: { authorization } })).status).toBe(401)
  })

  test('a payload exchanged under a good signature lets nobody in', async () => {
    const { token } = await tokenOf({ sub: 'dave', name: 'Dave', groups: ['auditors'] })
    const [header, , signature] = token.split('.')
    const exchanged = `${header}.${part({ ...claims(), groups: ['security'] })}.${signature}`
    expect((await ask('list-changes', { as: { token: exchanged } })).status).toBe(401)
  })
})

describe('idempotency keys', () => {
  test('another’s key repeats nothing of his: it is one’s own', async () => {
    const reviewed = await inReview()
    const headers = { 'idempotency-key': 'the-same-key' }
    const [bob, carol] = [await approve({ as: 'bob', headers }, reviewed), await approve({ as: 'carol', headers }, reviewed)]
    expect([bob.status, carol.status]).toEqual([201, 201])
    expect(carol.headers.get('idempotency-replayed')).toBeNull()
    expect(await standing(reviewed.change)).toEqual({ status: expect.any(String), approvals: ['bob', 'carol'] })
  })

  test('an approval’s key does not carry it over to another change', async () => {
    const [one, two] = [await inReview(), await inReview()]
    const headers = { 'idempotency-key': 'carried-over' }
    await approve({ as: 'bob', headers }, one)
    const carried = await approve({ as: 'bob', headers }, two)
    expect(carried).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
    expect((await standing(two.change)).approvals).toEqual([])
  })
})

describe('approvals of something else', () => {
  test('the digest of another change, though it asks for the very same on a fleet that is the same', async () => {
    const [one, two] = [await inReview(), await inReview()]
    expect(await approve({ as: 'bob' }, { ...one, digest: two.digest })).toMatchObject({ status: 409, body: { code: 'outdated-digest' } })
    expect((await standing(one.change)).approvals).toEqual([])
  })
})

describe('delegations in a circle', () => {
  const until = (): string => new Date(Date.now() + 3_600_000).toISOString()
  const lend = (change: string, as: 'alice' | 'bob' | 'carol' | { readonly token: string }, to: string) =>
    ask('approve-change', { as, path: { change }, body: { decision: 'delegate', to, until: until() } })

  test('come back neither to who proposed it nor to who lent first, nor make two of one', async () => {
    const reviewed = await inReview()
    const { change } = reviewed
    expect((await lend(change, 'bob', 'alice')).body).toMatchObject({ status: 422, code: 'invalid-input' })
    expect((await lend(change, 'alice', 'bob')).body).toMatchObject({ status: 403, code: 'four-eyes' })
    expect((await lend(change, 'bob', 'bob')).status).toBe(422)
    expect((await lend(change, 'bob', 'carol')).status).toBe(201)
    for (const to of ['bob', 'dave', 'alice']) expect([to, (await lend(change, 'carol', to)).status >= 400]).toEqual([to, true])
    expect((await approve({ as: 'carol' }, reviewed)).status).toBe(201)
    expect(await standing(change)).toEqual({ status: 'in-review', approvals: ['carol'] })
    const alice = await tokenOf({ sub: 'alice', name: 'Alice', groups: ['security'] })
    expect((await approve({ as: alice }, reviewed)).status).toBe(403)
  })

  test('closed by both at once: one of the two stands', async () => {
    const { change } = await inReview()
    const answers = await Promise.all([lend(change, 'bob', 'carol'), lend(change, 'carol', 'bob')])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409])
  })
})

describe('a digest that is replaced this very moment', () => {
  const revise = ({ change, digest }: { readonly change: string; readonly digest: string }, soakSeconds: number) =>
    ask('revise-change', { as: 'alice', path: { change }, body: { digest, reason: 'longer', plan: { soakSeconds } } })

  test.each([1, 40])(
    'a hundred at once, the replacement as number %i: what was approved is what is released, or nothing is',
    async place => {
      const reviewed = await inReview()
      const approvers = Array.from({ length: 99 }, (_, index) => () => approve({ as: index % 2 === 0 ? 'bob' : 'carol' }, reviewed))
      const all = [...approvers.slice(0, place), () => revise(reviewed, 77), ...approvers.slice(place)]
      const answers = await Promise.all(all.map(one => one()))
      const isReplaced = answers[place]?.status === 201
      const { body } = await show(reviewed.change)
      expect(body['digest'] === reviewed.digest).toBe(!isReplaced)
      expect(new Set(answers.map(({ status }) => status).filter(status => status !== 201 && status !== 409))).toEqual(new Set())
      const { status, approvals } = await standing(reviewed.change)
      if (isReplaced) {
        expect([status, approvals]).toEqual(['in-review', []])
        expect((await approve({ as: 'bob' }, reviewed)).body).toMatchObject({ status: 409, code: 'outdated-digest' })
        const anew = { ...reviewed, digest: String(body['digest']) }
        expect([(await approve({ as: 'bob' }, anew)).status, (await approve({ as: 'carol' }, anew)).status]).toEqual([201, 201])
      } else expect(approvals.toSorted()).toEqual(['bob', 'carol'])
      const after = await show(reviewed.change)
      expect(after.body['status']).not.toBe('in-review')
    },
    60_000,
  )
})

describe('tokens of waiting tasks', () => {
  test('have no door: neither the service’s own, nor a field of a request', async () => {
    const reviewed = await inReview()
    const guess = { taskToken: 'AAAA', output: '{"decision":"approve"}' }
    for (const target of ['SendTaskSuccess', 'SendTaskFailure', 'StartExecution'])
      for (const path of ['/', '/changes', `/changes/${reviewed.change}/approvals`]) {
        const headers = { 'x-amz-target': `AWSStepFunctions.${target}`, 'idempotency-key': crypto.randomUUID() }
        const { status } = await send('POST', path, { as: 'bob', body: guess, headers })
        expect([target, path, status >= 400 && status < 500]).toEqual([target, path, true])
      }
    const body = { decision: 'approve', digest: reviewed.digest, taskToken: guess.taskToken }
    expect((await ask('approve-change', { as: 'bob', path: { change: reviewed.change }, body })).status).toBe(422)
    expect(await standing(reviewed.change)).toEqual({ status: 'in-review', approvals: [] })
  })

  test('are not to be had with what an upload’s URL tells: it opens that upload, and no service', async () => {
    const offered = await ask('upload-patch', {
      as: 'bob',
      body: { size: 8, digest: createHash('sha256').update('a module').digest('hex') },
    })
    const offer = new URL(String(offered.body['url']))
    const credential = offer.searchParams.get('X-Amz-Credential')
    expect(credential).toMatch(/^LOCAL/)
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`
    const aws = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: string) =>
      fetch(new URL(path, offer), { method, headers: { authorization, ...headers }, ...(body === undefined ? {} : { body }) })
    for (const target of ['DynamoDB_20120810.ListTables', 'AWSStepFunctions.ListStateMachines', 'TrentService.Sign', 'AWSEvents.PutEvents'])
      for (const path of ['/', `${offer.pathname}${offer.search}`])
        expect([target, (await aws('POST', path, { 'x-amz-target': target }, '{}')).status]).toEqual([target, 403])
    const [, bucket = ''] = offer.pathname.split('/')
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect([method, (await aws(method, `/${bucket}/directives/stop.json`, {}, method === 'PUT' ? '{}' : undefined)).status]).toEqual([
        method,
        403,
      ])
  })

  test('are shown to nobody', async () => {
    const { change } = await inReview()
    for (const as of ['alice', 'bob', 'carol', 'dave'] as const)
      expect((await ask('show-change', { as, path: { change } })).text).not.toMatch(/taskToken|"token"/i)
  })
})

describe('what is written', () => {
  test('ten megabytes of comment are refused before anything reads them', async () => {
    const { change } = await inReview()
    const comment = (text: string) => ask('approve-change', { as: 'bob', path: { change }, body: { decision: 'comment', comment: text } })
    expect((await comment('x'.repeat(10_000_000))).status).toBe(413)
    const stream = new ReadableStream<Uint8Array>({
      start: controller => {
        for (let sent = 0; sent < 10_000_000; sent += 100_000) controller.enqueue(Buffer.alloc(100_000, 'x'))
        controller.close()
      },
    })
    const headers = { authorization: `Bearer ${(await tokenOf({ sub: 'bob', groups: ['security'] })).token}`, 'idempotency-key': 'chunks' }
    const chunked = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: stream, duplex: 'half' } as const
    expect((await fetch(`${platform.url}/changes/${change}/approvals`, chunked)).status).toBe(413)
    expect((await comment('x'.repeat(2_001))).status).toBe(422)
    expect((await comment('x'.repeat(2_000))).status).toBe(201)
  })

  test('scripts in names and comments stay text, and nobody’s browser takes the answer for a page', async () => {
    const { change } = await inReview()
    const script = '<script>alert(1)</script>'
    const as = await tokenOf({ sub: 'bob', name: script, groups: ['kernel-maintainers'] })
    await ask('approve-change', { as, path: { change }, body: { decision: 'comment', comment: script } })
    const { headers, text, body } = await show(change)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(JSON.stringify(body['timeline'])).toContain('<script>')
    expect(text).not.toContain('<html')
  })

  test('half a character, which no other reader of the history could hash, is refused wherever it stands', async () => {
    const { change } = await inReview()
    for (const text of ['{"decision":"comment","comment":"\\ud83d"}', '{"decision":"comment","comment":"x","\\udc00":1}']) {
      const headers = { 'idempotency-key': crypto.randomUUID() }
      const answer = await send('POST', `/changes/${change}/approvals`, { as: 'bob', text, headers })
      expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-json' } })
    }
  })

  test.each(['..%2f..%2fmodules', '%2e%2e%2f', 'a%00b', '%c0%ae%c0%ae', 'change%23x', 'x'.repeat(300), '__proto__', 'constructor'])(
    'the id %s leads nowhere',
    async id => {
      for (const path of [`/changes/${id}`, `/fleets/${id}`, `/hosts/${id}/history`, `/patches/${id}`]) {
        const { status, text } = await send('GET', path, { as: 'dave' })
        expect([path.slice(0, 40), [400, 403, 404, 414, 422].includes(status), /^ +at /m.test(text)]).toEqual([
          path.slice(0, 40),
          true,
          false,
        ])
      }
    },
  )
})

describe('policies that are edited between verdict and release', () => {
  test('release nothing that was judged under the old ones, whoever approves it; judged again it wants its approvals anew', async () => {
    const reviewed = await inReview()
    const { change } = reviewed
    expect((await approve({ as: 'bob' }, reviewed)).status).toBe(201)
    const cedar =
      '@id("no-resumes")\n@reason("nothing is resumed")\nforbid (principal, action == Action::"controlChange", resource) when { context.command == "resume" };\n'
    const files = { 'house/no-resumes.cedar': cedar }
    const proposed = await ask('propose-policy-edit', { as: 'alice', body: { files, reason: 'a quiet week' } })
    expect([proposed.status, proposed.text]).toEqual([201, proposed.text])
    const [edit, digest] = [String(proposed.body['id']), String(proposed.body['digest'])]
    for (const as of ['bob', 'carol'] as const)
      expect((await ask('decide-policy-edit', { as, path: { edit }, body: { decision: 'approve', digest } })).status).toBe(201)
    expect((await ask('show-policy-edit', { as: 'dave', path: { edit } })).body).toMatchObject({ status: 'enacted' })

    await approve({ as: 'carol' }, reviewed)
    expect((await standing(change)).status).toBe('in-review')
    const body = { digest: reviewed.digest, reason: 'other policies' }
    expect((await ask('revise-change', { as: 'alice', path: { change }, body })).status).toBe(201)
    expect(await standing(change)).toEqual({ status: 'in-review', approvals: [] })
    expect((await show(change)).body).toMatchObject({ voidApprovals: expect.arrayContaining([expect.objectContaining({ by: 'bob' })]) })
  })
})

describe('policies that are to break the engine that reads them', () => {
  const asking = (when: string) => ({
    'house/x.cedar': `@id("x")\n@reason("r")\nforbid (principal, action == Action::"proposeChange", resource) when { ${when} };\n`,
  })
  const check = async (when: string) => (await ask('check-policy-edit', { as: 'dave', body: { files: asking(when) } })).body

  test.each([
    ['brackets', `${'('.repeat(20_000)}true${')'.repeat(20_000)}`],
    ['calls', `[1]${'.containsAll([1])'.repeat(2_000)}`],
  ])('by %s are refused, and the next ones are read as ever', async (_, when) => {
    expect(await check(when)).toMatchObject({ sound: false, faults: [{ path: 'house/x.cedar', message: expect.any(String) }] })
    const proposed = await ask('propose-policy-edit', { as: 'alice', body: { files: asking(when), reason: 'r' } })
    expect(proposed).toMatchObject({ status: 422, body: { code: 'policy-edit-refused' } })
    expect(await check('false')).toMatchObject({ sound: true })
  })
})

describe('an emergency that accepts what a downgrade leaves behind', () => {
  const ACCEPTS = ['pre_unpatch', 'post_unpatch'].map(callback => `missing-callback:lp_proc_2:vmlinux:${callback}`)
  const OLD = createHash('sha256').update(moduleFile('1')).digest('hex')
  const fleet = 'in-emergency'
  let reviewed = { change: '', digest: '' }

  beforeAll(async () => {
    await ask('submit-patch', { as: 'alice', body: { module: moduleFile('1').toString('base64') } })
    await ask('create-fleet', { as: 'alice', body: { id: fleet } })
    const host = newHost(`${fleet}-1`, fleet)
    const [token = ''] = await issueTokens(platform, fleet, 1)
    await ask('enrol-host', { as: { token }, path: { fleet }, body: enrolment(host) })
    const livepatches = [{ name: 'lp_proc_2', digest: NEW, enabled: true, transition: false }]
    const reports = [reportOf(host, 1, host.key, { livepatches })]
    expect((await ask('report-hosts', { as: { token: hostToken(host) }, path: { fleet }, body: { reports } })).status).toBe(200)
  })

  const proposed = (accepts: readonly string[], passes: readonly string[] = []) =>
    ask('propose-change', {
      as: 'alice',
      body: { fleet, livepatch: OLD, reason: 'back', breakGlass: { incident: 'INC-1', reason: 'hosts panic', passes, accepts } },
    })
  const judged = async (accepts: readonly string[]) => {
    const change = String((await proposed(accepts)).body['id'])
    return until(
      () => show(change),
      ({ body }) => body['status'] !== 'proposed',
    )
  }
  const confirm = (as: Parameters<typeof ask>[1] & object, digest = reviewed.digest) =>
    ask('approve-change', { ...as, path: { change: reviewed.change }, body: { decision: 'confirm', digest } })

  test('names nothing that the kernel refuses, nothing as a whole, and nobody’s policy', async () => {
    for (const named of ['kernel-refuses', 'incompatible-states', 'missing-callback', 'missing-callback:lp_proc_2:*:post_unpatch'])
      expect((await proposed([...ACCEPTS, named])).body).toMatchObject({ status: 422, code: 'invalid-input' })
    expect((await proposed(ACCEPTS, ['never-with-a-blocking-finding'])).status).toBe(422)
    expect((await proposed(ACCEPTS, ['accepted-in-an-emergency'])).status).toBe(422)
  })

  test('lets block whatever it does not name, were it on another object', async () => {
    expect((await judged(ACCEPTS.slice(0, 1))).body).toMatchObject({ status: 'blocked' })
    expect((await judged(ACCEPTS.map(named => named.replace('vmlinux', 'ext4')))).body).toMatchObject({ status: 'blocked' })
  })

  test('is released by nobody but a second person, of those who may, on what is there now', async () => {
    const { body } = await judged(ACCEPTS)
    expect(body).toMatchObject({ status: 'in-review', outcome: 'review' })
    reviewed = { change: String(body['id']), digest: String(body['digest']) }
    const again = await tokenOf({ sub: 'alice', name: 'Somebody Else', groups: ['break-glass', 'security'] })
    expect(await confirm({ as: again })).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await confirm({ as: 'dave' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const signOff = ['downgrade', 'fixes-lost', 'functions-reverted']
    for (const as of ['bob', 'carol'] as const)
      await ask('approve-change', {
        as,
        path: { change: reviewed.change },
        body: { decision: 'approve', digest: reviewed.digest, signOff },
      })
    expect((await show(reviewed.change)).body).toMatchObject({ status: 'in-review', heldBackBy: ['accepted-in-an-emergency'] })
  })

  test('whose digest is replaced is confirmed anew', async () => {
    const body = { digest: reviewed.digest, reason: 'slower', plan: { soakSeconds: 77 } }
    expect((await ask('revise-change', { as: 'alice', path: { change: reviewed.change }, body })).status).toBe(201)
    const member = await tokenOf({ sub: 'frank', name: 'Frank', groups: ['break-glass'] })
    expect(await confirm({ as: member })).toMatchObject({ status: 409, body: { code: 'outdated-digest' } })
    const { body: now } = await show(reviewed.change)
    expect((await confirm({ as: member }, String(now['digest']))).body).toMatchObject({ status: 'in-review', afterReview: 'open' })
    expect((await standing(reviewed.change)).approvals).toEqual([])
  })
})

test('no task token, no signing secret and no one’s login stands in the log', () => {
  const log = platform.log.join('\n')
  expect(log).not.toMatch(/taskToken|"token":"/i)
  expect(log).not.toMatch(/eyJ[\w-]{20,}/)
})
