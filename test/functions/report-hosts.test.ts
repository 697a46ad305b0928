import { beforeAll, describe, expect, test } from '@jest/globals'
import { createFleet, type DemoHost, enrol, jws, report, stackOf } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
let hosts: readonly DemoHost[] = []
let strangers: readonly DemoHost[] = []

beforeAll(async () => {
  await createFleet(house, 'edge')
  await createFleet(house, 'core')
  hosts = await enrol(house, 'edge', 3)
  strangers = await enrol(house, 'core', 1)
})

const cohorts = async () => (await house.ask('show-fleet', { as: 'dave', path: { fleet: 'edge' } })).body['cohorts']

describe('a batch of reports', () => {
  test('takes in the good ones and answers each bad one by its index', async () => {
    const [one, two, three] = hosts
    const [other] = strangers
    if (!one || !two || !three || !other) throw new Error('hosts were enrolled')
    const good = one.report({ stack: stackOf() })
    const batch = [
      good,
      'no.jws',
      two.report({ stack: stackOf() }).replace(/\.[^.]+$/, `.${Buffer.alloc(64).toString('base64url')}`),
      jws({ any: 'thing' }, two.key, { alg: 'EdDSA', kid: two.id }),
      jws({}, two.key, { alg: 'EdDSA', kid: 'edge-99' }),
      other.report({}),
      two.report({ host: three.id }),
      three.report({ stack: stackOf('1') }),
    ]
    const answer = await report(house, 'edge', batch)
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, ignored: 0 } })
    expect(answer.body['rejected']).toEqual([
      expect.objectContaining({ index: 1, code: 'malformed' }),
      expect.objectContaining({ index: 2, code: 'bad-signature' }),
      expect.objectContaining({ index: 3, code: 'malformed' }),
      expect.objectContaining({ index: 4, code: 'unknown-host' }),
      expect.objectContaining({ index: 5, code: 'wrong-fleet' }),
      expect.objectContaining({ index: 6, code: 'bad-signature' }),
    ])
    expect(await cohorts()).toEqual(expect.arrayContaining([expect.objectContaining({ hosts: 1 }), expect.objectContaining({ hosts: 1 })]))
  })

  test('counts a report once, however often and in whatever order it comes', async () => {
    const [, two] = hosts
    if (!two) throw new Error('hosts were enrolled')
    const [older, newer] = [two.report({ stack: stackOf() }), two.report({ stack: stackOf('1') })]
    expect((await report(house, 'edge', [newer])).body).toMatchObject({ accepted: 1, ignored: 0 })
    expect((await report(house, 'edge', [older, newer, older])).body).toMatchObject({ accepted: 0, ignored: 3 })
    const counted = await cohorts()
    expect(Array.isArray(counted) && counted.map(({ hosts }) => hosts).sort()).toEqual([1, 2])
  })

  test('keeps each step of a host that was away and tells all at once', async () => {
    const [one] = hosts
    if (!one) throw new Error('hosts were enrolled')
    const steps = [
      one.report({ state: 'pending' }),
      one.report({ state: 'in-transition' }),
      one.report({ state: 'applied', stack: stackOf('1') }),
    ]
    expect((await report(house, 'edge', steps.toReversed())).body).toMatchObject({ accepted: 3 })
    const { body } = await house.ask('show-host-history', { as: 'dave', path: { host: one.id } })
    const states = Array.isArray(body['items']) ? body['items'].map(({ state }) => state) : []
    expect(states).toEqual(expect.arrayContaining(['pending', 'in-transition', 'applied']))
  })
})

describe('enrolment', () => {
  const issue = async () => {
    const answer = await house.ask('issue-enrolments', { as: 'alice', path: { fleet: 'edge' }, body: {} })
    return Array.isArray(answer.body['tokens']) ? String(answer.body['tokens'][0]) : ''
  }
  const [host] = [
    () =>
      hosts[0] ??
      (() => {
        throw new Error('hosts were enrolled')
      })(),
  ]
  const ask = (
    bearer: string | undefined,
    over: Readonly<Record<string, unknown>> = {},
    payload: Readonly<Record<string, unknown>> = {},
  ) => {
    const { key, publicKey } = host()
    const proof = jws({ host: 'edge-new', fleet: 'edge', at: house.time, ...payload }, key, { alg: 'EdDSA', kid: 'edge-new' })
    return house.ask('enrol-host', {
      ...(bearer === undefined ? {} : { bearer }),
      path: { fleet: 'edge' },
      body: { host: 'edge-new', publicKey, proof, ...over },
    })
  }

  test.each([
    ['without a token', async () => ask(undefined), 'bad-enrolment-token'],
    ['with a token that nobody issued', async () => ask('sse_x'), 'bad-enrolment-token'],
    ['with a key that is not its own', async () => ask(await issue(), { publicKey: 'A'.repeat(43) }), 'bad-proof'],
    ['with a proof for another fleet', async () => ask(await issue(), {}, { fleet: 'core' }), 'bad-proof'],
    ['with an old proof', async () => ask(await issue(), {}, { at: house.time - 700_000 }), 'bad-proof'],
    [
      'under an id that is taken',
      async () =>
        ask(await issue(), {
          host: 'edge-1',
          proof: jws({ host: 'edge-1', fleet: 'edge', at: house.time }, host().key, { alg: 'EdDSA', kid: 'edge-1' }),
        }),
      'host-exists',
    ],
    ['under an id that is none', async () => ask(await issue(), { host: 'a/b' }), 'invalid-input'],
  ] as const)('is refused %s', async (_, enrolling, code) => {
    expect((await enrolling()).body).toMatchObject({ code })
  })

  test('uses a token up, and answers the host whose answer got lost', async () => {
    const token = await issue()
    const first = await ask(token)
    expect(first).toMatchObject({
      status: 201,
      body: { host: 'edge-new', directiveKey: { keyId: 'key-1', publicKey: house.directiveKeys.get('key-1') } },
    })
    expect(await ask(token)).toMatchObject({ status: 201, text: first.text })
    const proof = jws({ host: 'edge-2nd', fleet: 'edge', at: house.time }, host().key, { alg: 'EdDSA', kid: 'edge-2nd' })
    expect(await ask(token, { host: 'edge-2nd', proof })).toMatchObject({ status: 401, body: { code: 'bad-enrolment-token' } })
  })

  test('refuses a token that has expired', async () => {
    const token = await issue()
    house.time += 86_400_001
    expect(await ask(token)).toMatchObject({ status: 401 })
  })
})
