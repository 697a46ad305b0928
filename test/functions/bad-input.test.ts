import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { PROBLEMS } from '../../functions/http/problem.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { OperationId } from '../../shared/operations/index.ts'
import { createFleet, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { type Ask, openHouse } from './house.ts'

const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
const known = { change: '', digest: '', etag: '' }

beforeAll(async () => {
  await submit(house, '2')
  await createFleet(house, 'edge')
  await createFleet(house, 'core')
  const hosts = await enrol(house, 'edge', 2)
  await report(
    house,
    'edge',
    hosts.map(host => host.report({ stack: stackOf() })),
  )
  const proposed = await house.ask('propose-change', { as: 'alice', body: { fleet: 'edge', livepatch: NEW, reason: 'why' } })
  known.change = String(proposed.body['id'])
  await validate(house.ports)({ change: known.change })
  const shown = await house.ask('show-change', { as: 'dave', path: { change: known.change } })
  known.digest = String(shown.body['digest'])
  known.etag = shown.headers['etag'] ?? ''
  house.time += 1_000
})

/** Everything that is recorded, which a refused request must leave as it was. */
const everything = async () => {
  const [history, changes, patches, fleets, edge] = await Promise.all([
    house.ask('list-history', { as: 'dave', query: { limit: '100' } }),
    house.ask('list-changes', { as: 'dave' }),
    house.ask('list-patches', { as: 'dave' }),
    house.ask('list-fleets', { as: 'dave' }),
    house.ask('show-fleet', { as: 'dave', path: { fleet: 'edge' } }),
  ])
  return [history.text, changes.text, patches.text, fleets.text, edge.text, [...house.objects.keys()], house.started.length]
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const deep = (depth: number): string => `{"livepatch":${nested(depth)}}`
const module = (bytes: Buffer) => ({ as: 'alice' as const, body: { module: bytes.toString('base64') } })
const plan = (waves: readonly number[]) => ({
  as: 'alice' as const,
  body: { fleet: 'core', livepatch: NEW, reason: 'r', plan: { waves: waves.map(share => ({ share })) } },
})
const approve = (as: 'alice' | 'bob' | 'dave', digest: string, change = known.change): Ask => ({
  as,
  path: { change },
  body: { decision: 'approve', digest },
})
const control = (command: string, headers: Readonly<Record<string, string>>): Ask => ({
  as: 'bob',
  path: { change: known.change },
  body: { command },
  headers,
})

type Row = readonly [
  sentence: string,
  id: OperationId,
  ask: () => Ask,
  code: keyof typeof PROBLEMS,
  more?: Readonly<Record<string, unknown>>,
]
const ROWS: readonly Row[] = [
  ['a body that is no JSON', 'create-fleet', () => ({ as: 'alice', text: '{"id":' }), 'malformed-json'],
  ['no body at all', 'create-fleet', () => ({ as: 'alice' }), 'malformed-json'],
  ['a body that is not UTF-8 text of JSON', 'create-fleet', () => ({ as: 'alice', text: '\u0000' }), 'malformed-json'],
  ['a body nested deeper than 32', 'simulate', () => ({ as: 'alice', text: deep(33) }), 'malformed-json'],
  ['a bomb of brackets', 'simulate', () => ({ as: 'alice', text: '['.repeat(1_000_000) }), 'malformed-json'],
  ['a key __proto__', 'create-fleet', () => ({ as: 'alice', text: '{"id":"a","__proto__":{"x":1}}' }), 'malformed-json'],
  ['a key constructor, deep inside', 'simulate', () => ({ as: 'alice', text: '{"stacks":[{"a":{"constructor":1}}]}' }), 'malformed-json'],
  ['a key prototype', 'create-fleet', () => ({ as: 'alice', text: '{"prototype":1}' }), 'malformed-json'],
  ['a body over the limit', 'create-fleet', () => ({ as: 'alice', body: { id: 'x', description: 'x'.repeat(70_000) } }), 'body-too-large'],
  [
    'a body of another type',
    'create-fleet',
    () => ({ as: 'alice', body: { id: 'x' }, headers: { 'content-type': 'text/plain' } }),
    'not-json',
  ],
  ['a body of the wrong shape', 'create-fleet', () => ({ as: 'alice', body: { id: 7 } }), 'invalid-input'],
  ['a field that is not known', 'create-fleet', () => ({ as: 'alice', body: { id: 'x', owner: 'me' } }), 'invalid-input'],
  ['a limit above 100', 'list-changes', () => ({ as: 'dave', query: { limit: '101' } }), 'invalid-input'],
  ['a cursor that is not ours', 'list-changes', () => ({ as: 'dave', query: { cursor: 'bm90LW91cnM' } }), 'bad-cursor'],
  [
    'a mutation without its key',
    'create-fleet',
    () => ({ as: 'alice', body: { id: 'x' }, headers: { 'idempotency-key': undefined } }),
    'missing-idempotency-key',
  ],
  [
    'a key that is no key',
    'create-fleet',
    () => ({ as: 'alice', body: { id: 'x' }, headers: { 'idempotency-key': 'a b' } }),
    'missing-idempotency-key',
  ],
  [
    'a file that is no module',
    'submit-patch',
    () => module(Buffer.from('no module')),
    'not-a-livepatch',
    { refusal: expect.objectContaining({ code: expect.any(String), reason: expect.any(String) }) },
  ],
  ['a module that is cut', 'submit-patch', () => module(moduleFile('1').subarray(0, 400)), 'not-a-livepatch'],
  ['a module that is empty', 'submit-patch', () => module(Buffer.alloc(0)), 'invalid-input'],
  ['a module above 4 MB', 'submit-patch', () => module(Buffer.alloc(4_194_305)), 'module-too-large', { uploads: '/patches/uploads' }],
  ['an upload that never came', 'submit-patch', () => ({ as: 'alice', body: { upload: '01ARZ3NDEKTSV4RRFFQ69G5FAV' } }), 'upload-missing'],
  [
    'both ways to hand a module in',
    'submit-patch',
    () => ({ as: 'alice', body: { module: 'AA==', upload: '01ARZ3NDEKTSV4RRFFQ69G5FAV' } }),
    'invalid-input',
  ],
  [
    'a statement that the file contradicts',
    'submit-patch',
    () => ({ as: 'alice', body: { module: moduleFile('3').toString('base64'), statement: { version: '9' } } }),
    'not-a-livepatch',
  ],
  ['an upload above 64 MB', 'upload-patch', () => ({ as: 'alice', body: { size: 67_108_865, digest: NEW } }), 'invalid-input'],
  ['a livepatch that nobody submitted', 'show-patch', () => ({ as: 'dave', path: { digest: '0'.repeat(64) } }), 'unknown-livepatch'],
  ['lineage of a livepatch that nobody submitted', 'show-lineage', () => ({ as: 'dave', path: { digest: 'x' } }), 'unknown-livepatch'],
  ['an unknown change', 'show-change', () => ({ as: 'dave', path: { change: '../x' } }), 'unknown-change'],
  ['the verdict of an unknown change', 'show-verdict', () => ({ as: 'dave', path: { change: 'x' } }), 'unknown-change'],
  ['an unknown fleet', 'show-fleet', () => ({ as: 'dave', path: { fleet: 'moon' } }), 'unknown-fleet'],
  ['hosts of an unknown fleet', 'list-hosts', () => ({ as: 'dave', path: { fleet: 'moon' } }), 'unknown-fleet'],
  ['tokens for an unknown fleet', 'issue-enrolments', () => ({ as: 'alice', path: { fleet: 'moon' }, body: {} }), 'unknown-fleet'],
  ['an unknown host', 'show-host-history', () => ({ as: 'dave', path: { host: 'moon-1' } }), 'unknown-host'],
  [
    'a proposal for an unknown fleet',
    'propose-change',
    () => ({ as: 'alice', body: { fleet: 'moon', livepatch: NEW, reason: 'r' } }),
    'unknown-fleet',
  ],
  [
    'a proposal of an unknown livepatch',
    'propose-change',
    () => ({ as: 'alice', body: { fleet: 'core', livepatch: '0'.repeat(64), reason: 'r' } }),
    'unknown-livepatch',
  ],
  [
    'a proposal without a reason',
    'propose-change',
    () => ({ as: 'alice', body: { fleet: 'core', livepatch: NEW, reason: ' ' } }),
    'invalid-input',
  ],
  ['a plan whose waves shrink', 'propose-change', () => plan([5_000, 1_000, 10_000]), 'plan-refused', { problems: [expect.any(String)] }],
  ['a plan that never ends', 'propose-change', () => plan([5_000]), 'plan-refused'],
  [
    'a second active change',
    'propose-change',
    () => ({ as: 'alice', body: { fleet: 'edge', livepatch: NEW, reason: 'r' } }),
    'fleet-busy',
    { holder: expect.any(String) },
  ],
  ['a simulation of nothing', 'simulate', () => ({ as: 'dave', body: { livepatch: NEW } }), 'invalid-input'],
  ['a simulation on an unknown fleet', 'simulate', () => ({ as: 'dave', body: { livepatch: NEW, fleet: 'moon' } }), 'unknown-fleet'],
  ['a fleet that exists', 'create-fleet', () => ({ as: 'alice', body: { id: 'edge' } }), 'fleet-exists'],
  ['approving one’s own proposal', 'approve-change', () => approve('alice', known.digest), 'four-eyes'],
  [
    'an approval by somebody who may not',
    'approve-change',
    () => approve('dave', known.digest),
    'forbidden',
    {
      reasons: expect.arrayContaining([
        'Members of kernel-maintainers and security approve and reject changes, ask for changes to them, and delegate that.',
      ]),
    },
  ],
  [
    'an approval of an outdated digest',
    'approve-change',
    () => approve('bob', '0'.repeat(64)),
    'outdated-digest',
    { digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ],
  ['an approval of an unknown change', 'approve-change', () => approve('bob', '0'.repeat(64), 'x'), 'unknown-change'],
  [
    'a rejection without a reason',
    'approve-change',
    () => ({ as: 'bob', path: { change: known.change }, body: { decision: 'reject', digest: known.digest, reason: '' } }),
    'invalid-input',
  ],
  [
    'a comment that says nothing',
    'approve-change',
    () => ({ as: 'dave', path: { change: known.change }, body: { decision: 'comment', comment: ' ' } }),
    'invalid-input',
  ],
  [
    'the withdrawal of an approval that was never given',
    'approve-change',
    () => ({ as: 'bob', path: { change: known.change }, body: { decision: 'withdraw' } }),
    'not-allowed-now',
    { reason: 'nothing-to-withdraw' },
  ],
  ['a control without If-Match', 'control-change', () => control('abort', {}), 'missing-if-match'],
  ['a control of an old version', 'control-change', () => control('abort', { 'if-match': '"1"' }), 'outdated-version', { version: 2 }],
  ['a control with an If-Match that is none', 'control-change', () => control('abort', { 'if-match': '2' }), 'outdated-version'],
  [
    'a control that the state does not allow',
    'control-change',
    () => control('resume', { 'if-match': known.etag }),
    'not-allowed-now',
    {
      state: 'in-review',
      allowed: [
        ...['approve', 'reject', 'request-changes', 'withdraw', 'confirm', 'delegate', 'revoke-delegation'],
        ...['revise', 'comment', 'abort'],
      ],
    },
  ],
  ['an unknown control', 'control-change', () => control('force', { 'if-match': known.etag }), 'invalid-input'],
  [
    'a directive of another fleet',
    'show-directive',
    () => ({ host: { host: 'edge-1', fleet: 'edge' }, path: { fleet: 'core' } }),
    'wrong-fleet',
  ],
  [
    'reports to another fleet',
    'report-hosts',
    () => ({ host: { host: 'edge-1', fleet: 'edge' }, path: { fleet: 'core' }, body: { reports: ['x'] } }),
    'wrong-fleet',
  ],
  [
    'no report at all',
    'report-hosts',
    () => ({ host: { host: 'edge-1', fleet: 'edge' }, path: { fleet: 'edge' }, body: { reports: [] } }),
    'invalid-input',
  ],
  [
    'more than 500 reports',
    'report-hosts',
    () => ({ host: { host: 'edge-1', fleet: 'edge' }, path: { fleet: 'edge' }, body: { reports: Array(501).fill('x') } }),
    'invalid-input',
  ],
]

describe('what is wrong gets the right status and a document that says what to do, and changes nothing', () => {
  test.each(ROWS)('%s', async (_, id, ask, code, more = {}) => {
    const before = await everything()
    const answer = await house.ask(id, ask())
    const [status, title] = PROBLEMS[code]
    expect(answer.body).toMatchObject({ ...more, code, status, title, type: `https://supersede.dev/problems/${code}` })
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } })
    expect(String(answer.body['detail']).length).toBeGreaterThan(20)
    expect(String(answer.body['instance'])).toBe(`urn:supersede:request:${answer.headers['x-correlation-id']}`)
    expect(await everything()).toEqual(before)
  })
})

describe('submitting', () => {
  const again = () => submit(house, '2')
  test('the same bytes again answers 200 with the same manifest, recorded once', async () => {
    expect(await again()).toMatchObject({ status: 200, body: { digest: NEW } })
    const { body } = await house.ask('list-history', { as: 'dave', query: { limit: '100' } })
    const submitted = Array.isArray(body['items']) ? body['items'].filter(({ stream }) => stream === `patch#${NEW}`) : []
    expect(submitted).toHaveLength(1)
  })

  test('other bytes under a name that is taken are refused, naming the holder', async () => {
    const other = Buffer.concat([moduleFile('2'), Buffer.from('\0')])
    const answer = await house.ask('submit-patch', { as: 'alice', body: { module: other.toString('base64') } })
    expect(answer).toMatchObject({ status: 409, body: { code: 'livepatch-name-taken', by: NEW } })
  })

  test('a larger module goes in by an upload of exactly those bytes', async () => {
    const bytes = moduleFile('1')
    const digest = createHash('sha256').update(bytes).digest('hex')
    const offered = await house.ask('upload-patch', { as: 'alice', body: { size: bytes.byteLength, digest } })
    expect(offered).toMatchObject({ status: 201, body: { method: 'PUT', headers: { size: String(bytes.byteLength), digest } } })
    const upload = String(offered.body['upload'])
    house.objects.set(`uploads/${upload}`, bytes)
    expect(await house.ask('submit-patch', { as: 'alice', body: { upload } })).toMatchObject({ status: 201, body: { digest } })
    expect(Buffer.from(house.objects.get(`modules/${digest}.ko`) ?? [])).toEqual(bytes)
  })
})
