import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Notice, type NoticeKind, type Receiver, receiversOf } from '../../shared/notice/index.ts'
import { openHouse } from '../functions/house.ts'
import { startReceiver } from './receiver-double.ts'

const house = openHouse()
const NOTICE: Notice = {
  ...{
    id: 'msg_1',
    kind: 'test',
    at: '',
    fleet: null,
    subject: '',
    change: null,
    by: null,
    says: '',
    missing: [],
    decideBefore: null,
    link: '',
  },
}
const HOOK = { name: 'ops', kind: 'webhook', url: 'https://hooks.example.com/services/T0/secret' }
const create = (body: object, key: string = randomUUID()) =>
  house.ask('create-receiver', { as: 'alice', body, headers: { 'idempotency-key': key } })
const control = (receiver: unknown, body: object) =>
  house.ask('control-receiver', { as: 'alice', path: { receiver: String(receiver) }, body })
const list = async () => (await house.ask('list-receivers', { as: 'dave' })).body['items'] as Readonly<Record<string, unknown>>[]

afterEach(async () => {
  for (const { id } of await house.ports.notices.receivers()) await house.ports.notices.removeReceiver(id)
})

describe('adding a receiver', () => {
  test('tells its secret in this answer only; a repetition gets none, and of the address only the origin is shown', async () => {
    const key = randomUUID()
    const added = await create(HOOK, key)
    expect(added).toMatchObject({
      status: 201,
      body: { name: 'ops', kind: 'webhook', address: 'https://hooks.example.com/…', disabled: null, group: null },
    })
    expect(added.body['secret']).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(added.text).not.toContain('services/T0')
    const again = await create(HOOK, key)
    expect(again).toMatchObject({ status: 201, body: { id: added.body['id'], secret: null, note: expect.stringContaining('told once') } })
    expect(await list()).toEqual([expect.not.objectContaining({ secret: expect.anything() })])
    expect(await list()).toMatchObject([{ id: added.body['id'], address: 'https://hooks.example.com/…', createdBy: 'alice' }])
  })

  test('gives each another secret', async () => {
    expect((await create(HOOK)).body['secret']).not.toBe((await create(HOOK)).body['secret'])
  })

  test.each([
    [{ ...HOOK, url: 'http://hooks.example.com/' }, 'receiver-refused'],
    [{ ...HOOK, url: 'https://169.254.169.254/' }, 'receiver-refused'],
    [{ name: 'ops', kind: 'slack' }, 'receiver-refused'],
    [{ ...HOOK, kinds: ['test'] }, 'invalid-input'],
    [{ ...HOOK, name: 'two\nlines' }, 'invalid-input'],
    [{ ...HOOK, name: 'x\u202ey' }, 'invalid-input'],
    [{ ...HOOK, secret: 'mine' }, 'invalid-input'],
    [{ ...HOOK, kind: 'mail' }, 'invalid-input'],
  ])('refuses %j', async (body, code) => {
    const refused = await create(body)
    expect(refused).toMatchObject({ status: 422, body: { code } })
    expect(await list()).toEqual([])
  })

  test('is for operators; who may look sees them', async () => {
    expect(await house.ask('create-receiver', { as: 'bob', body: HOOK })).toMatchObject({
      status: 403,
      body: { reasons: [expect.stringContaining('operators')] },
    })
    expect(await house.ask('list-receivers', { as: 'mallory' })).toMatchObject({ status: 403 })
    expect(await house.ask('list-receivers', { as: 'carol' })).toMatchObject({ status: 200 })
  })

  test('ends at a hundred', async () => {
    for (let count = 0; count < 100; count += 1)
      await house.ports.notices.addReceiver({
        id: `r${count}`,
        name: 'n',
        kind: 'eventbridge',
        url: null,
        fleets: [],
        kinds: ['halted'],
        group: null,
        createdBy: 'a',
        createdAt: '',
      })
    expect(await create(HOOK)).toMatchObject({ status: 409, body: { code: 'too-many-receivers' } })
  })

  test('is recorded, with every command after it', async () => {
    const { id } = (await create(HOOK)).body
    for (const command of ['rotate', 'disable', 'enable', 'remove']) expect((await control(id, { command, reason: 'r' })).status).toBe(200)
    const commits = await house.store.ledger.commitsOf(`receiver#${id}`, { limit: 10 })
    expect(commits.items.flatMap(({ events }) => events)).toMatchObject([
      { type: 'receiver-created', address: 'https://hooks.example.com/…', kind: 'webhook' },
      { type: 'receiver-rotated' },
      { type: 'receiver-disabled', reason: 'r' },
      { type: 'receiver-enabled' },
      { type: 'receiver-removed' },
    ])
    expect(commits.items.map(({ actor, policies }) => [actor, policies])).toEqual(
      Array.from({ length: 5 }, () => ['alice', ['manage-receivers']]),
    )
    expect(await control(id, { command: 'enable' })).toMatchObject({ status: 404, body: { code: 'unknown-receiver' } })
  })
})

describe('who is told', () => {
  const receiver = (id: string, group: string | null, more: Partial<Receiver> = {}): Receiver => ({
    ...{ id, name: id, kind: 'eventbridge', url: null, fleets: [], kinds: [], group, createdBy: 'a', createdAt: '' },
    ...more,
  })
  const all = [
    receiver('any', null),
    receiver('maintainers', 'kernel-maintainers'),
    receiver('security', 'security'),
    receiver('other-fleet', null, { fleets: ['core'] }),
  ]
  const told = (kind: NoticeKind, missing: readonly string[], fleet: string | null = 'edge') =>
    receiversOf({ ...NOTICE, kind, missing: [...missing], fleet }, all).map(({ id }) => id)
  test.each<[NoticeKind, readonly string[], readonly string[]]>([
    ['reminder', ['an approval by one of security, because …'], ['any', 'security']],
    ['reminder', ['an approval by one of kernel-maintainers'], ['any', 'maintainers']],
    ['reminder', ['two of kernel-maintainers', 'one of security'], ['any', 'maintainers', 'security']],
    ['reminder', ['one of security-team'], ['any', 'maintainers', 'security']],
    ['reminder', ['approvals of two different people', 'one of security'], ['any', 'maintainers', 'security']],
    ['reminder', [], ['any', 'maintainers', 'security']],
    ['approval-asked', ['one of security'], ['any', 'maintainers', 'security']],
    ['escalation', ['one of security'], ['any', 'maintainers', 'security']],
  ])('of a %s while %j is missing: %j', (kind, missing, expected) => {
    expect(told(kind, missing)).toEqual(expected)
  })
  test.each<[string, readonly string[]]>([
    ['kernel-maintainers', ['any', 'maintainers', 'security']],
    ['directors', ['any', 'security']],
  ])('of an escalation that %s hear of as well: %j', (group, expected) => {
    for (const kind of ['escalation', 'policy-edit-escalation'] as const) {
      const notice = { ...NOTICE, kind, missing: ['an approval by one of security'], fleet: 'edge' }
      expect(receiversOf(notice, all, group).map(({ id }) => id)).toEqual(expected)
    }
  })
  test('of what concerns no fleet: everybody', () => {
    expect(told('halted', [], null)).toContain('other-fleet')
  })
})

describe('a test', () => {
  test('asks nothing, names who made it, and comes in the form of its receiver', async () => {
    const receiver = await startReceiver()
    const { id } = (await create({ name: 'chat', kind: 'slack', url: receiver.url, kinds: ['halted'] })).body
    const tested = await house.ask('test-receiver', { as: 'alice', path: { receiver: String(id) }, body: {} })
    expect(tested).toMatchObject({ status: 200, body: { kind: 'test', state: 'delivered', attempts: 1, status: 204, change: null } })
    expect(JSON.parse(receiver.heard[0]?.body ?? '')).toMatchObject({
      text: 'Test',
      blocks: [{ type: 'header' }, { type: 'section' }, { type: 'section' }],
    })
    expect(Object.keys(receiver.heard[0]?.headers ?? {})).not.toContain('webhook-signature')
    await receiver.stop()
  })

  test('tells what stood against it, and is not tried again by itself', async () => {
    const receiver = await startReceiver()
    receiver.answer({ status: 403, body: 'invalid_token' })
    const { id } = (await create({ ...HOOK, url: receiver.url })).body
    const tested = await house.ask('test-receiver', { as: 'alice', path: { receiver: String(id) }, body: {} })
    expect(tested.body).toMatchObject({ state: 'dead', status: 403, why: 'HTTP 403: invalid_token', nextAt: null })
    expect(await house.ports.notices.due(house.time + 1e10, 10)).toEqual([])
    await receiver.stop()
  })

  test('of what is not there is a 404', async () => {
    expect(await house.ask('test-receiver', { as: 'alice', path: { receiver: 'none' }, body: {} })).toMatchObject({ status: 404 })
    const { id } = (await create(HOOK)).body
    const path = { receiver: String(id), delivery: 'msg_none' }
    expect(await house.ask('retry-delivery', { as: 'alice', path, body: {} })).toMatchObject({
      status: 404,
      body: { code: 'unknown-delivery' },
    })
    expect(await house.ask('list-deliveries', { as: 'dave', path: { receiver: 'none' } })).toMatchObject({ status: 404 })
  })
})
