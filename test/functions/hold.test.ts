import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { carryOutLeft } from '../../functions/holds/carry-out.ts'
import { SignedStopOrder, STOP_ORDER_KEY, verifyStopOrder } from '../../shared/rollout/index.ts'
import { createFleet, enrol, report, stackOf, submit } from './demo.ts'
import { hold, inForce, LIVEPATCH, lift, liftAll, SERIES, sceneIn } from './hold-scene.ts'
import { type Ask, openHouse, type PersonName } from './house.ts'

const house = openHouse()
const HOUR = 3_600_000
const at = (milliseconds: number): string => new Date(house.time + milliseconds).toISOString()
const extend = (as: PersonName, id: unknown, body: object) =>
  house.ask('extend-hold', { as, path: { hold: String(id) }, body: { reason: 'still looking', ...body } })
const order = (): SignedStopOrder | null => {
  const bytes = house.objects.get(STOP_ORDER_KEY)
  return bytes ? SignedStopOrder.parse(JSON.parse(Buffer.from(bytes).toString())) : null
}

beforeAll(async () => {
  await submit(house, '2')
  await createFleet(house, 'edge')
})
afterEach(() => liftAll(house))

describe('a hold', () => {
  test('is placed for a day where nothing is said, recorded, and listed until it ends', async () => {
    const { status, body, headers } = await hold(house, 'alice', { scope: 'fleet', target: 'edge' })
    const brief = { scope: 'fleet', target: 'edge', owner: { id: 'alice', name: 'Alice' }, reason: 'it panics', expiresAt: at(24 * HOUR) }
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        ...brief,
        id: expect.any(String),
        text: `of fleet edge by Alice until ${at(24 * HOUR).replace(/\.\d+Z$/, 'Z')}: it panics`,
        placedAt: at(0),
        state: 'in-force',
        lifted: null,
        halted: [],
        inTransition: 0,
      },
    })
    expect(headers['location']).toBe(`/holds/${String(body['id'])}`)
    expect(await inForce(house)).toMatchObject([{ ...brief, state: 'in-force' }])
    const { items } = await house.store.ledger.commits({ fleet: 'edge' }, { limit: 10 })
    const placed = { stream: `hold#${String(body['id'])}`, actor: 'alice', policies: ['hold-anything'] }
    expect(items).toContainEqual(expect.objectContaining(placed))
    house.time += 24 * HOUR
    expect(await inForce(house)).toEqual([])
    const all = await house.ask('list-holds', { as: 'dave', query: { all: 'true', limit: '1' } })
    expect(all.body['items']).toMatchObject([{ id: body['id'], state: 'ended' }])
  })

  test('the listing says who may stop everything', async () => {
    const may = async (as: PersonName) => (await house.ask('list-holds', { as })).body['mayStop']
    expect([await may('alice'), await may('bob'), await may('carol'), await may('dave')]).toEqual([true, true, true, false])
  })

  test('is lifted and says by whom and why; it ends once', async () => {
    const { body } = await hold(house, 'alice', { scope: 'series', target: SERIES })
    const lifted = await lift(house, 'carol', body['id'])
    expect(lifted).toMatchObject({ status: 200, body: { state: 'lifted', lifted: { by: { id: 'carol' }, reason: 'it was the rack' } } })
    expect(await lift(house, 'alice', body['id'])).toMatchObject({ status: 409, body: { code: 'hold-ended', reason: 'lifted' } })
    expect((await lift(house, 'carol', body['id'])).status).toBe(200)
    expect(await extend('alice', body['id'], { hours: 48 })).toMatchObject({ status: 409, body: { code: 'hold-ended' } })
    const { items } = await house.store.ledger.commitsOf(`hold#${String(body['id'])}`, { limit: 10 })
    expect(items.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(['hold-placed', 'hold-lifted'])
  })

  test('lasts longer when it is extended, and keeps its owner', async () => {
    const { body } = await hold(house, 'alice', { scope: 'livepatch', target: LIVEPATCH, hours: 1 })
    expect(await extend('carol', body['id'], { hours: 3 })).toMatchObject({
      status: 200,
      body: { expiresAt: at(3 * HOUR), owner: { id: 'alice' }, state: 'in-force' },
    })
    expect(await extend('alice', body['id'], { hours: 2 })).toMatchObject({ status: 422, body: { reason: 'ends-no-later' } })
    house.time += 2 * HOUR
    expect(await inForce(house)).toHaveLength(1)
    house.time += HOUR
    expect(await inForce(house)).toEqual([])
    expect(await extend('alice', body['id'], { hours: 3 })).toMatchObject({ status: 409, body: { reason: 'expired' } })
    expect(await lift(house, 'alice', body['id'])).toMatchObject({ status: 409, body: { reason: 'expired' } })
  })

  test.each(['extend-hold', 'lift-hold'] as const)('that has ended is not revived by what died before (%s)', async id => {
    const { body } = await hold(house, 'alice', { scope: 'livepatch', target: LIVEPATCH, hours: 1 })
    const path = { hold: String(body['id']) }
    const headers = { 'idempotency-key': `died-${id}` }
    const asked = { as: 'alice', path, headers, body: id === 'lift-hold' ? { reason: 'r' } : { reason: 'r', hours: 3 } } as const
    house.wire.mishap = operation => (operation === 'TransactWriteItems' ? 'killed' : undefined)
    expect((await house.ask(id, asked)).status).toBe(500)
    house.wire.mishap = () => undefined
    house.time += HOUR
    expect(await house.ask(id, asked)).toMatchObject({ status: 409, body: { code: 'hold-ended', reason: 'expired' } })
    expect(await inForce(house)).toEqual([])
  })

  test('stands on the fleet and on the livepatch that it names', async () => {
    const onFleet = await hold(house, 'alice', { scope: 'fleet', target: 'edge' })
    const onSeries = await hold(house, 'alice', { scope: 'series', target: SERIES })
    const everything = await hold(house, 'alice', { scope: 'everything' })
    const idsOn = async (id: 'show-fleet' | 'show-patch', path: Readonly<Record<string, string>>) => {
      const { holds } = (await house.ask(id, { as: 'dave', path })).body
      return Array.isArray(holds) ? holds.map(({ id }) => id) : []
    }
    expect(await idsOn('show-fleet', { fleet: 'edge' })).toEqual([onFleet.body['id'], everything.body['id']].sort())
    expect(await idsOn('show-patch', { digest: LIVEPATCH })).toEqual([onSeries.body['id'], everything.body['id']].sort())
  })

  test('stands in the lists of fleets and of livepatches, and on each host that it keeps where it is', async () => {
    const [running] = await enrol(house, 'edge', 1)
    await report(house, 'edge', running ? [running.report({ stack: stackOf('2') })] : [])
    const host = running?.id ?? ''
    const onFleet = await hold(house, 'alice', { scope: 'fleet', target: 'edge' })
    const onSeries = await hold(house, 'alice', { scope: 'series', target: SERIES })
    const heldIn = async (id: 'list-fleets' | 'list-patches', key: 'id' | 'digest') => {
      const { items } = (await house.ask(id, { as: 'dave' })).body
      const rows = Array.isArray(items) ? items : []
      return Object.fromEntries(rows.map(row => [row[key], row.holds.map(({ id }: { readonly id: string }) => id)]))
    }
    const fleets = await heldIn('list-fleets', 'id')
    expect(fleets).toMatchObject({ edge: [onFleet.body['id']] })
    expect(Object.values(fleets).flat()).toEqual([onFleet.body['id']])
    expect(await heldIn('list-patches', 'digest')).toMatchObject({ [LIVEPATCH]: [onSeries.body['id']] })
    const { holds } = (await house.ask('show-host', { as: 'dave', path: { host } })).body
    const shown = Array.isArray(holds) ? holds : []
    expect(shown.map(({ id }) => id).sort()).toEqual([onFleet.body['id'], onSeries.body['id']].sort())
    expect(shown).toContainEqual(expect.objectContaining({ scope: 'series', owner: { id: 'alice', name: 'Alice' }, reason: 'it panics' }))
  })
})

describe('what cannot be held is told', () => {
  const rows: readonly (readonly [what: string, body: object, status: number, code: string, says: RegExp])[] = [
    ['a fleet that is none', { scope: 'fleet', target: 'nowhere' }, 404, 'unknown-fleet', /GET \/fleets/],
    ['a path as a fleet', { scope: 'fleet', target: '../stop' }, 404, 'unknown-fleet', /GET \/fleets/],
    ['a livepatch that is none', { scope: 'livepatch', target: 'ab'.repeat(32) }, 404, 'unknown-livepatch', /GET \/patches/],
    ['a name as a livepatch', { scope: 'livepatch', target: 'lp_proc_2' }, 404, 'unknown-livepatch', /GET \/patches/],
    ['a series that is none', { scope: 'series', target: 'debian-13' }, 404, 'unknown-series', /GET \/patches/],
    ['something without a name', { scope: 'fleet' }, 422, 'invalid-input', /name the fleet that is held/],
    ['everything with a name', { scope: 'everything', target: 'edge' }, 422, 'invalid-input', /everything is held/],
    ['another scope', { scope: 'host', target: 'h' }, 422, 'invalid-input', /scope/],
    ['anything without a reason', { scope: 'everything', reason: '  ' }, 422, 'invalid-input', /say why/],
    ['anything until yesterday', { scope: 'everything', expiresAt: '2026-11-01T00:00:00Z' }, 422, 'invalid-input', /in the future/],
    ['anything for a year', { scope: 'everything', hours: 24 * 365 }, 422, 'invalid-input', /extend it later/],
    ['anything twice over', { scope: 'everything', hours: 1, expiresAt: '2026-11-02T12:00:00Z' }, 422, 'invalid-input', /not both/],
    ['anything for no time', { scope: 'everything', hours: 0 }, 422, 'invalid-input', /hours/],
    ['anything in ten thousand words', { scope: 'everything', reason: 'x'.repeat(501) }, 422, 'invalid-input', /reason/],
  ]
  test.each(rows)('%s', async (_, body, status, code, says) => {
    const answer = await hold(house, 'alice', body)
    expect(answer).toMatchObject({ status, body: { code, detail: expect.stringMatching(says) } })
    expect(await inForce(house)).toEqual([])
  })

  test('a hundred are enough', async () => {
    const placed = await Promise.all(Array.from({ length: 100 }, () => hold(house, 'alice', { scope: 'fleet', target: 'edge', hours: 1 })))
    expect(placed.filter(({ status }) => status !== 201)).toEqual([])
    expect(await hold(house, 'alice', { scope: 'fleet', target: 'edge' })).toMatchObject({ status: 409, body: { code: 'too-many-holds' } })
    house.time += HOUR
  })
})

describe('who may not, cannot', () => {
  test.each(['dave', 'mallory'] as const)('%s places no hold', async as => {
    expect(await hold(house, as, { scope: 'everything' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await inForce(house)).toEqual([])
  })

  test.each(['bob', 'dave', 'mallory'] as const)('%s neither lifts nor extends another’s', async as => {
    const { body } = await hold(house, 'alice', { scope: 'fleet', target: 'edge', hours: 1 })
    expect(await lift(house, as, body['id'])).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await extend(as, body['id'], { hours: 9 })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await inForce(house)).toMatchObject([{ id: body['id'], expiresAt: at(HOUR) }])
  })

  test.each(['01JD', '..', 'holds', '%2e%2e', 'x'.repeat(128)])('nobody lifts %s, which is none', async id => {
    expect(await lift(house, 'carol', id)).toMatchObject({ status: 404, body: { code: 'unknown-hold' } })
  })

  test('a change’s id is no hold’s', async () => {
    const scene = await sceneIn(house, 'confused', 'in-review')
    expect(await lift(house, 'carol', scene.change)).toMatchObject({ status: 404, body: { code: 'unknown-hold' } })
  })

  test('a key that was used lifts nothing else', async () => {
    const [one, other] = [
      await hold(house, 'alice', { scope: 'fleet', target: 'edge' }),
      await hold(house, 'alice', { scope: 'everything' }),
    ]
    const ask = (id: unknown): Ask => ({
      as: 'alice',
      path: { hold: String(id) },
      body: { reason: 'r' },
      headers: { 'idempotency-key': 'k' },
    })
    expect((await house.ask('lift-hold', ask(one.body['id']))).status).toBe(200)
    expect(await house.ask('lift-hold', ask(other.body['id']))).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
    expect(await inForce(house)).toMatchObject([{ id: other.body['id'] }])
  })

  test('a script in a reason stays a text, wherever it goes', async () => {
    const reason = '<script>alert(1)</script>\u001b[31m "`$(reboot)`'
    const scene = await sceneIn(house, 'scripted', 'rolling')
    await hold(house, 'alice', { scope: 'everything', reason })
    expect((await scene.show())['halted']).toMatchObject({ code: 'held', detail: expect.stringContaining(reason) })
    expect(order()?.order.reason).toContain(reason)
    expect(await inForce(house)).toMatchObject([{ reason }])
  })
})

describe('stopping everything', () => {
  test('signs the stop order before any change is halted, and lifts it with the last such hold', async () => {
    const scene = await sceneIn(house, 'stopped', 'rolling')
    const one = await hold(house, 'bob', { scope: 'everything', hours: 2 })
    const sent = house.wire.requests.flatMap(({ operation, input }) =>
      operation === 'TransactWriteItems' || operation === 'PutItem' ? [JSON.stringify(input)] : [],
    )
    const ordered = sent.findIndex(text => text.includes('supersede.stop/1'))
    const halted = sent.findIndex(text => text.includes(scene.change) && text.includes('halted'))
    expect(ordered).toBeGreaterThanOrEqual(0)
    expect(halted).toBeGreaterThan(ordered)
    const verified = verifyStopOrder(order(), { keys: house.directiveKeys, last: null })
    expect(verified).toMatchObject({ ok: true, order: { stopped: true, expiresAt: house.time + 2 * HOUR } })

    const other = await hold(house, 'carol', { scope: 'everything', hours: 4 })
    expect(order()?.order).toMatchObject({ stopped: true, expiresAt: house.time + 4 * HOUR })
    await lift(house, 'carol', other.body['id'])
    expect(order()?.order).toMatchObject({ stopped: true, expiresAt: house.time + 2 * HOUR })
    await extend('bob', one.body['id'], { hours: 3 })
    expect(order()?.order).toMatchObject({ stopped: true, expiresAt: house.time + 3 * HOUR })
    await lift(house, 'bob', one.body['id'])
    expect(order()?.order).toMatchObject({ stopped: false })
  })

  test('is renewed by the sweep while it lasts longer than an order may, and not said again for nothing', async () => {
    await hold(house, 'bob', { scope: 'everything', hours: 24 * 20 })
    const first = order()?.order
    expect(first?.expiresAt).toBe(house.time + 7 * 24 * HOUR)
    await carryOutLeft(house.ports)
    expect(order()?.order).toEqual(first)
    house.time += 4 * 24 * HOUR
    await carryOutLeft(house.ports)
    expect(order()?.order).toMatchObject({ version: (first?.version ?? 0) + 1, expiresAt: house.time + 7 * 24 * HOUR })
  })

  test('counts hosts that are in a transition already, in the answer and in the list', async () => {
    const scene = await sceneIn(house, 'moving', 'rolling')
    const moving = scene.hosts.map(host => host.report({ state: 'in-transition', change: scene.change, stack: stackOf() }))
    await report(house, scene.fleet, moving)
    expect(await hold(house, 'alice', { scope: 'everything' })).toMatchObject({ status: 201, body: { inTransition: moving.length } })
    const { body } = await house.ask('list-holds', { as: 'dave', query: { transitions: 'true' } })
    expect(body['items']).toMatchObject([{ scope: 'everything', inTransition: moving.length }])
  })

  test('takes proposals, which are judged and shown as held', async () => {
    await createFleet(house, 'late')
    await hold(house, 'alice', { scope: 'everything' })
    const answer = await house.ask('propose-change', { as: 'alice', body: { fleet: 'late', livepatch: LIVEPATCH, reason: 'r' } })
    expect(answer).toMatchObject({ status: 201, body: { status: 'proposed', holds: [{ scope: 'everything' }] } })
    const { body } = await house.ask('list-changes', { as: 'dave', query: { fleet: 'late' } })
    expect(body['items']).toMatchObject([{ status: 'proposed', holds: [{ scope: 'everything' }] }])
  })
})
