import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { expireApprovals } from '../../functions/lifecycle/expire-approvals.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { deliverNotices } from '../../functions/notice/deliver-notices.ts'
import { loadPolicies } from '../../shared/policy/index.ts'
import { digestOfFile, fleetOf, moduleFile, submit } from '../functions/demo.ts'
import { openHouse } from '../functions/house.ts'
import { houseFiles } from '../policy/house-policies.ts'

const house = openHouse()
const deliver = () => deliverNotices(house.ports)()
const HOUR = 3_600_000
let change = ''
let fleets = 0

const add = async (more: object = {}): Promise<string> => {
  const { status, body } = await house.ask('create-receiver', { as: 'alice', body: { name: 'bus', kind: 'eventbridge', ...more } })
  expect(status).toBe(201)
  return String(body['id'])
}
/** Kinds that were delivered to a receiver, oldest first. */
const told = async (receiver: string): Promise<readonly unknown[]> => {
  const { body } = await house.ask('list-deliveries', { as: 'dave', path: { receiver } })
  return (body['items'] as Readonly<Record<string, unknown>>[]).map(({ kind }) => kind).reverse()
}
const approve = async (as: 'bob' | 'carol') => {
  const { digest } = (await house.ask('show-change', { as, path: { change } })).body
  return house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
}

/** A change that is to be decided within 40 hours. */
const inReview = async (): Promise<void> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  await fleetOf(house, fleet, 1)
  const body = { fleet, livepatch: digestOfFile(moduleFile('2')), reason: 'r', plan: { approvalSecondsMax: 40 * 3_600 } }
  change = String((await house.ask('propose-change', { as: 'alice', body })).body['id'])
  await validate(house.ports)({ change })
}

beforeAll(async () => {
  await submit(house, '2')
})
afterEach(async () => {
  for (const { id } of await house.ports.notices.receivers()) await house.ports.notices.removeReceiver(id)
  await house.ask('control-change', { as: 'alice', path: { change }, body: { command: 'abort' }, headers: { 'if-match': '*' } })
  await deliver()
  house.bus.length = 0
})

describe('a change that nobody decides on', () => {
  test('is remembered at half of its time and at its last quarter, escalates in its last tenth, and is declined; each once', async () => {
    const receiver = await add()
    await inReview()
    for (let hour = 0; hour < 39; hour += 1) {
      await deliver()
      house.time += HOUR
    }
    const asked = ['approval-asked', 'reminder', 'reminder', 'escalation']
    expect(await told(receiver)).toEqual(asked)
    house.time += HOUR
    await expireApprovals(house.ports)({ change })
    await deliver()
    expect(await told(receiver)).toEqual([...asked, 'declined'])
    const details = house.bus.map(entry => JSON.parse(String(entry['Detail'])))
    expect(details.map(({ type }) => type)).toEqual([
      'dev.supersede.change.approval_asked.v1',
      'dev.supersede.change.reminder.v1',
      'dev.supersede.change.reminder.v1',
      'dev.supersede.change.escalation.v1',
      'dev.supersede.change.declined.v1',
    ])
    expect(details[1].data).toMatchObject({
      missing: expect.arrayContaining([expect.stringContaining('approvals of two different people')]),
      decideBefore: expect.any(String),
    })
    expect(new Set(details.map(({ id }) => id)).size).toBe(5)
  })

  test('is remembered once however many run at the same time, or after a crash', async () => {
    const receiver = await add({ kinds: ['reminder'] })
    await inReview()
    house.time += 21 * HOUR
    let writes = 0
    house.wire.mishap = operation => (operation !== 'Query' && operation !== 'GetItem' && ++writes === 2 ? 'answer-lost' : undefined)
    await deliver().catch(() => undefined)
    house.wire.mishap = () => undefined
    house.time += 61_000
    await Promise.all([deliver(), deliver(), deliver()])
    await deliver()
    expect(await told(receiver)).toEqual(['reminder'])
  })

  test('where several were missed only the newest is told, and nothing to who comes later', async () => {
    const receiver = await add()
    await inReview()
    house.time += 37 * HOUR
    await deliver()
    const late = await add()
    await deliver()
    expect(await told(receiver)).toEqual(['approval-asked', 'escalation'])
    expect(await told(late)).toEqual([])
  })

  test('is remembered when the settings say, and not at all where they say never', async () => {
    const receiver = await add()
    const under = (settings: object) => {
      house.policies = loadPolicies({ ...houseFiles, settings: JSON.stringify(settings) })
    }
    under({ reminders: { atShares: [0.25, 0.1] } })
    await inReview()
    for (const hours of [5, 6]) {
      house.time += hours * HOUR
      await deliver()
    }
    expect(await told(receiver)).toEqual(['approval-asked', 'reminder', 'escalation'])
    under({ reminders: { atShares: [] } })
    house.time += 28 * HOUR
    await deliver()
    house.policies = null
    expect(await told(receiver)).toHaveLength(3)
  })

  test('which is decided, or whose time is over, is remembered no more', async () => {
    const receiver = await add({ kinds: ['reminder', 'escalation'] })
    await inReview()
    for (const as of ['bob', 'carol'] as const) expect((await approve(as)).status).toBe(201)
    house.time += 21 * HOUR
    await deliver()
    await inReview()
    house.time += 41 * HOUR
    await deliver()
    expect(await told(receiver)).toEqual([])
  })
})

describe('a reminder', () => {
  test('goes to the groups whose approval is missing, and to who speaks to no group', async () => {
    const security = await add({ kinds: ['reminder'], group: 'security' })
    const maintainers = await add({ kinds: ['reminder'], group: 'kernel-maintainers' })
    const everybody = await add({ kinds: ['reminder'] })
    await inReview()
    expect(await approve('carol')).toMatchObject({ body: { needs: expect.not.arrayContaining([expect.stringContaining('security')]) } })
    house.time += 21 * HOUR
    await deliver()
    expect(await told(maintainers)).toEqual(['reminder'])
    expect(await told(everybody)).toEqual(['reminder'])
    // Two people are still needed, and that names no group: it is everybody's.
    expect(await told(security)).toEqual(['reminder'])
  })
})

describe('the event bus', () => {
  test('takes no address, has no secret, and its test is an event too', async () => {
    const refused = await house.ask('create-receiver', {
      as: 'alice',
      body: { name: 'bus', kind: 'eventbridge', url: 'https://example.com/' },
    })
    expect(refused).toMatchObject({ status: 422, body: { code: 'receiver-refused' } })
    const added = await house.ask('create-receiver', { as: 'alice', body: { name: 'bus', kind: 'eventbridge' } })
    expect(added.body).toMatchObject({ secret: null, address: null })
    const receiver = String(added.body['id'])
    expect(await house.ask('control-receiver', { as: 'alice', path: { receiver }, body: { command: 'rotate' } })).toMatchObject({
      status: 422,
    })
    expect((await house.ask('test-receiver', { as: 'alice', path: { receiver }, body: {} })).body).toMatchObject({ state: 'delivered' })
    expect(house.bus).toMatchObject([{ EventBusName: 'bus', Source: 'supersede', DetailType: 'dev.supersede.receiver.test.v1' }])
  })
})
