import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { onHouse } from '../../functions/http/admission.ts'
import { noBody, nothing } from '../../functions/http/request-shape.ts'
import { servePerson } from '../../functions/http/serve.ts'
import { REQUESTS } from '../../functions/openapi/requests.ts'
import { RESPONSES } from '../../functions/openapi/responses.ts'
import { LIFECYCLE_TASKS, OPERATIONS, type OperationId } from '../../shared/operations/index.ts'
import { ACTIONS } from '../../shared/policy/index.ts'
import { digestOfFile, moduleFile } from './demo.ts'
import { type Ask, openHouse } from './house.ts'

const house = openHouse()
const at = (path: string): string => fileURLToPath(new URL(`../../functions/${path}`, import.meta.url))
const digest = digestOfFile(moduleFile('1'))

/** A request of the right shape for each operation that people may ask for. */
const ASKS: Readonly<Partial<Record<OperationId, Ask>>> = {
  'submit-patch': { body: { module: moduleFile('1').toString('base64') } },
  'upload-patch': { body: { size: 1, digest } },
  'propose-change': { body: { fleet: 'edge', livepatch: digest, reason: 'r' } },
  'approve-change': { body: { decision: 'approve', digest } },
  'revise-change': { body: { digest, reason: 'r' } },
  'control-change': { body: { command: 'abort' }, headers: { 'if-match': '"1"' } },
  'place-hold': { body: { scope: 'fleet', target: 'edge', reason: 'r' } },
  'lift-hold': { body: { reason: 'r' } },
  'extend-hold': { body: { reason: 'r', hours: 1 } },
  simulate: { body: { livepatch: digest, fleet: 'edge' } },
  'create-fleet': { body: { id: 'edge' } },
  'check-policy-edit': { body: { files: { 'house/a.cedar': null } } },
  'propose-policy-edit': { body: { files: { 'house/a.cedar': null }, reason: 'r' } },
  'decide-policy-edit': { body: { decision: 'approve', digest } },
  'issue-enrolments': { body: {} },
  'clear-transition': { body: { evidence: digest, reason: 'r' } },
  'create-receiver': { body: { name: 'ops', kind: 'eventbridge' } },
  'control-receiver': { body: { command: 'enable' } },
  'test-receiver': { body: {} },
  'retry-delivery': { body: {} },
}
const PATH = { receiver: 'r', delivery: 'm', change: 'x', hold: 'x', edit: 'x', fleet: 'edge', host: 'h', digest }
const askFor = (id: OperationId): Ask => ({ ...ASKS[id], path: PATH })
const people = OPERATIONS.filter(({ audience }) => audience === 'person').map(({ id }) => id)

describe('no route without a rule', () => {
  test.each(OPERATIONS.map(({ id }) => id))('%s has a handler, an entry, a request and a response', id => {
    expect([`api/${id}.ts`, `api/${id}.entry.ts`].filter(file => !existsSync(at(file)))).toEqual([])
    expect(REQUESTS[id]).toBeDefined()
    expect(RESPONSES[id]).toBeDefined()
  })

  test.each([...LIFECYCLE_TASKS, 'sweep'])('the task %s has a handler and an entry', task => {
    expect([`lifecycle/${task}.ts`, `lifecycle/${task}.entry.ts`].filter(file => !existsSync(at(file)))).toEqual([])
  })

  test('no entry lies about that the tables do not name', () => {
    const entries = (folder: string) => readdirSync(at(folder)).filter(file => file.endsWith('.entry.ts'))
    const named = (names: readonly string[]) => names.map(name => `${name}.entry.ts`).sort()
    expect(entries('api').sort()).toEqual(named(OPERATIONS.map(({ id }) => id)))
    expect(entries('lifecycle').sort()).toEqual(named([...LIFECYCLE_TASKS, 'sweep']))
  })

  test('every entry can be loaded without an environment, and exports its handler', async () => {
    expect(
      ['LEDGER_TABLE', 'LIFECYCLE_ARN', 'SIGNING_KEY_ID', 'ARTIFACTS_BUCKET', 'PUBLIC_URL'].filter(name => name in process.env),
    ).toEqual([])
    for (const folder of ['api', 'lifecycle', 'authorizer'])
      for (const file of readdirSync(at(folder)).filter(name => name.endsWith('.entry.ts'))) {
        const loaded: unknown = await import(at(`${folder}/${file}`))
        expect({ file, loaded }).toMatchObject({ file, loaded: { handler: expect.any(Function) } })
      }
  })

  test('every action of the table is one that policy knows', () => {
    expect(OPERATIONS.flatMap(({ action }) => action ?? []).filter(action => !ACTIONS.some(known => known === action))).toEqual([])
  })

  test('every action that policy knows is asked about by an operation or by the lifecycle', () => {
    const files = readdirSync(at(''), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
    const source = files.map(file => readFileSync(at(file), 'utf8')).join('\n')
    const asked = new Set<string>(OPERATIONS.flatMap(({ action }) => action ?? []))
    /* Waves and releases are asked about by policy's own waveLeave and releaseQuestion, enactPolicy by the edition room. */
    const elsewhere = ['openWave', 'enactPolicy']
    const unasked = ACTIONS.filter(action => !asked.has(action) && !source.includes(`'${action}'`) && !elsewhere.includes(action))
    expect(unasked).toEqual([])
  })

  test('functions get no store but the guarded one', () => {
    const files = readdirSync(at(''), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
    const opening = files.filter(file => /create(Policy)?Store\(/.test(readFileSync(at(file), 'utf8')))
    expect(opening.toSorted()).toEqual(['wiring/policies.ts', 'wiring/store.ts'])
    for (const file of opening) expect(readFileSync(at(file), 'utf8')).toMatch(/guard(Policy)?Store\(create(Policy)?Store\(/)
  })

  test('an operation that asks policy about another action than the table’s answers nobody', async () => {
    const around = { ...house.ports, idempotency: () => house.store.idempotency }
    const shape = { path: nothing, query: nothing, body: noBody }
    const handler = servePerson('list-fleets', shape, onHouse('viewPatch'), around, async () => ({
      status: 200,
      body: 'leak',
      headers: {},
    }))
    const requestContext = { requestId: 'r', authorizer: { jwt: { claims: { sub: 'alice', groups: 'operators' } } } }
    const event = { rawPath: '/fleets', headers: {}, isBase64Encoded: false, requestContext }
    const answer = await Reflect.apply(handler, undefined, [event, {}])
    expect(answer).toMatchObject({ statusCode: 500 })
    expect(JSON.stringify(answer)).not.toContain('leak')
  })
})

describe('who is let in', () => {
  test.each(people)('%s answers nobody who is not signed in', async id => {
    expect(await house.ask(id, askFor(id))).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  test.each(people)('%s answers no host', async id => {
    const answer = await house.ask(id, { ...askFor(id), host: { host: 'h', fleet: 'edge' } })
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  /* About a thing of its own, which these ids do not name; their own tests refuse people there. */
  const aboutOne: readonly OperationId[] = [
    'approve-change',
    'revise-change',
    'control-change',
    'clear-transition',
    'decide-policy-edit',
    'lift-hold',
    'extend-hold',
  ]
  test.each(people.filter(id => !aboutOne.includes(id)))('%s refuses a person without a role', async id => {
    const answer = await house.ask(id, { ...askFor(id), as: 'mallory' })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', reasons: expect.arrayContaining([expect.any(String)]) } })
  })

  test.each(['show-directive', 'report-hosts'] as const)('%s answers no person', async id => {
    const answer = await house.ask(id, { as: 'alice', path: PATH, ...(id === 'report-hosts' ? { body: { reports: ['x'] } } : {}) })
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })
})
