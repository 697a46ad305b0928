import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { validate } from '../../functions/lifecycle/validate.ts'
import { deliverNotices } from '../../functions/notice/deliver-notices.ts'
import { RETRY_SECONDS } from '../../shared/notice/index.ts'
import { digestOfFile, fleetOf, moduleFile, submit } from '../functions/demo.ts'
import { openHouse, type PersonName } from '../functions/house.ts'
import { isSigned, startReceiver } from './receiver-double.ts'

const house = openHouse()
const answers: string[] = []
const secrets: string[] = []
let receiver: Awaited<ReturnType<typeof startReceiver>>
let fleets = 0
let change = ''

const ask: typeof house.ask = async (id, given) => {
  const answer = await house.ask(id, given)
  answers.push(answer.text)
  return answer
}
const deliver = () => deliverNotices(house.ports)()
const add = async (more: object = {}) => {
  const answer = await ask('create-receiver', { as: 'alice', body: { name: 'ops', kind: 'webhook', url: receiver.url, ...more } })
  expect(answer.status).toBe(201)
  answers.pop()
  if (typeof answer.body['secret'] === 'string') secrets.push(answer.body['secret'])
  return { id: String(answer.body['id']), secret: String(answer.body['secret']) }
}
const control = (id: string, body: object, key: string = randomUUID()) =>
  house.ask('control-receiver', { as: 'alice', path: { receiver: id }, body, headers: { 'idempotency-key': key } })
const listed = async (id: string) => {
  const { body } = await ask('list-receivers', { as: 'dave' })
  return (body['items'] as Readonly<Record<string, unknown>>[]).find(item => item['id'] === id)
}
const deliveries = async (id: string, state?: string) => {
  const { body } = await ask('list-deliveries', { as: 'dave', path: { receiver: id }, ...(state ? { query: { state } } : {}) })
  return body['items'] as Readonly<Record<string, unknown>>[]
}
const heard = () => receiver.heard.map(({ body }) => JSON.parse(body))
const kinds = () => heard().map(({ data }) => data.kind)

const propose = async (reason = 'CVE-2026-0001'): Promise<string> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  await fleetOf(house, fleet, 1)
  const livepatch = digestOfFile(moduleFile('2'))
  change = String((await ask('propose-change', { as: 'alice', body: { fleet, livepatch, reason } })).body['id'])
  await validate(house.ports)({ change })
  return fleet
}
const decide = async (as: PersonName, body: object) => {
  const { digest } = (await house.ask('show-change', { as, path: { change } })).body
  const isDecision = Reflect.get(body, 'decision') !== 'withdraw'
  return ask('approve-change', { as, path: { change }, body: isDecision ? { digest, ...body } : body })
}

beforeAll(async () => {
  await submit(house, '2')
})
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  for (const { id } of await house.ports.notices.receivers()) await house.ports.notices.removeReceiver(id)
  await deliver()
  await receiver.stop()
})

describe('a webhook', () => {
  test('is asked for an approval: what, by whom, until when, what is missing, and where to look', async () => {
    const { secret } = await add()
    const fleet = await propose()
    await deliver()
    const [first] = receiver.heard
    expect(receiver.heard).toHaveLength(1)
    expect(first && isSigned(first, secret)).toBe(true)
    expect(first?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^msg_[0-9A-Z]{30}$/),
      'webhook-timestamp': String(Math.floor(house.time / 1_000)),
    })
    expect(heard()[0]).toEqual({
      type: 'change.approval_asked',
      timestamp: new Date(house.time).toISOString(),
      data: {
        kind: 'approval-asked',
        title: `Approval asked: fleet ${fleet} to lp_proc_2 (debian-12-6.1 2)`,
        fleet,
        change: {
          id: change,
          status: 'in-review',
          livepatch: { digest: digestOfFile(moduleFile('2')), name: 'lp_proc_2', series: 'debian-12-6.1', version: '2' },
          proposer: 'Alice',
          reason: 'CVE-2026-0001',
          outcome: 'review',
          downgrade: false,
          emergency: null,
        },
        by: null,
        says: '',
        missing: expect.arrayContaining([expect.stringContaining('approvals of two different people')]),
        decideBefore: new Date(house.time + 3 * 86_400_000).toISOString(),
        link: `http://127.0.0.1:8080/#/changes/${change}`,
      },
    })
  })

  test('is told each thing once, and of an approval that releases only the release', async () => {
    await add()
    await propose()
    for (const [as, body] of [
      ['bob', { decision: 'approve' }],
      ['bob', { decision: 'withdraw' }],
      ['bob', { decision: 'approve', comment: 'tested' }],
      ['carol', { decision: 'approve' }],
    ] as const) {
      house.time += 1_000
      await decide(as, body)
    }
    for (const _ of [1, 2, 3]) await deliver()
    expect(kinds()).toEqual(['approval-asked', 'approved', 'approval-withdrawn', 'approved', 'released'])
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(5)
    expect(heard()[3].data).toMatchObject({ by: 'Bob', says: 'tested' })
  })

  test('is told who shall decide instead of whom, and until when', async () => {
    await add({ kinds: ['delegated'] })
    await propose()
    const until = new Date(house.time + 3_600_000).toISOString()
    expect((await ask('approve-change', { as: 'bob', path: { change }, body: { decision: 'delegate', to: 'erin', until } })).status).toBe(
      201,
    )
    await deliver()
    expect(heard()).toMatchObject([
      {
        type: 'change.delegated',
        data: { by: 'Bob', says: `erin may decide instead, before ${until.slice(0, 19)}Z`, decideBefore: expect.any(String) },
      },
    ])
  })

  test('hears only of its fleets and its kinds', async () => {
    await add({ fleets: ['another'] })
    await add({ kinds: ['rejected'] })
    await propose()
    await decide('bob', { decision: 'reject', reason: 'not now' })
    await deliver()
    expect(heard()).toMatchObject([{ type: 'change.rejected', data: { by: 'Bob', says: 'not now', missing: [], decideBefore: null } }])
  })

  test('is told nothing that happened before it was added', async () => {
    await propose()
    await deliver()
    await add()
    await deliver()
    expect(receiver.heard).toEqual([])
  })
})

describe('a receiver that fails', () => {
  test('is tried again on schedule, dies after the last attempt, is listed, and takes it from a command', async () => {
    const { id, secret } = await add({ kinds: ['approval-asked'] })
    await propose()
    receiver.answer({ status: 500, body: 'out of\u0007 order' })
    await deliver()
    await deliver()
    expect(receiver.heard).toHaveLength(1)
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', attempts: 1, status: 500, why: 'HTTP 500: out of order' }])
    for (const seconds of RETRY_SECONDS) {
      house.time += seconds * 1_100
      await deliver()
    }
    house.time += 30 * 86_400_000
    await deliver()
    expect(receiver.heard).toHaveLength(RETRY_SECONDS.length + 1)
    const [dead] = await deliveries(id, 'dead')
    expect(dead).toMatchObject({ kind: 'approval-asked', attempts: 10, nextAt: null, change })
    expect(await listed(id)).toMatchObject({ failingSince: expect.any(String) })

    receiver.answer({ status: 200 })
    const retried = await ask('retry-delivery', { as: 'alice', path: { receiver: id, delivery: String(dead?.['id']) }, body: {} })
    expect(retried).toMatchObject({ status: 200, body: { state: 'delivered', attempts: 11, status: 200, why: '' } })
    expect(await deliveries(id, 'dead')).toEqual([])
    expect(await listed(id)).toMatchObject({ failingSince: null, deliveredAt: new Date(house.time).toISOString() })
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.heard.map(({ body }) => body)).size).toBe(1)
    expect(receiver.heard.every(one => isSigned(one, secret))).toBe(true)
    const last = receiver.heard.at(-1)
    expect(last?.headers['webhook-timestamp']).toBe(String(Math.floor(house.time / 1_000)))
  })

  test('may ask for more time', async () => {
    const { id } = await add()
    await propose()
    receiver.answer({ status: 503, headers: { 'retry-after': '600' } })
    await deliver()
    expect(await deliveries(id)).toMatchObject([{ nextAt: new Date(house.time + 600_000).toISOString() }])
  })

  test('is told no more once it says 410 Gone, until somebody enables it', async () => {
    const { id } = await add()
    await propose()
    receiver.answer({ status: 410 })
    await deliver()
    await decide('bob', { decision: 'approve' })
    await deliver()
    expect(receiver.heard).toHaveLength(1)
    expect(await listed(id)).toMatchObject({ disabled: 'It answered 410 Gone: it wants no more.' })
    expect(await deliveries(id)).toMatchObject([{ state: 'dead', status: 410 }])
    receiver.answer({ status: 200 })
    expect((await control(id, { command: 'enable' })).body).toMatchObject({ disabled: null })
    await decide('bob', { decision: 'withdraw' })
    await deliver()
    expect(kinds().slice(1)).toEqual(['approval-withdrawn'])
  })

  test('is given up after five days in which it took nothing', async () => {
    const { id } = await add()
    receiver.answer({ status: 500 })
    for (let day = 0; day < 9; day += 1) {
      if (day === 0 || day === 4) await propose()
      for (const _ of [1, 2, 3, 4, 5, 6]) {
        await deliver()
        house.time += 4 * 3_600_000
      }
    }
    expect(await listed(id)).toMatchObject({ disabled: 'It has taken nothing for five days.' })
  })

  test('is not followed to where it points', async () => {
    const { id } = await add()
    receiver.answer({ status: 307, headers: { location: receiver.url } })
    const tested = await ask('test-receiver', { as: 'alice', path: { receiver: id }, body: {} })
    expect(tested.body).toMatchObject({ state: 'dead', status: 307 })
    expect(receiver.heard).toHaveLength(1)
  })
})

describe('a secret', () => {
  test('is rotated: for a while both sign, then the new one alone', async () => {
    const { id, secret: old } = await add()
    const key = randomUUID()
    const rotated = await control(id, { command: 'rotate', overlapSeconds: 3_600 }, key)
    const fresh = String(rotated.body['secret'])
    secrets.push(fresh)
    expect(fresh).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(fresh).not.toBe(old)
    const replayed = await control(id, { command: 'rotate', overlapSeconds: 3_600 }, key)
    expect(replayed.body).toMatchObject({ secret: null, note: expect.stringContaining('once') })
    const test = () => ask('test-receiver', { as: 'alice', path: { receiver: id }, body: {} })
    await test()
    house.time += 3_601_000
    await test()
    const [during, after] = receiver.heard
    expect([during && isSigned(during, old), during && isSigned(during, fresh)]).toEqual([true, true])
    expect([after && isSigned(after, old), after && isSigned(after, fresh)]).toEqual([false, true])
  })

  test('rotated again, because the answer got lost, still signs for who knows the first one, each for its own time', async () => {
    const { id, secret: first } = await add()
    const rotated = async (overlapSeconds: number) => {
      const secret = String((await control(id, { command: 'rotate', overlapSeconds }, randomUUID())).body['secret'])
      secrets.push(secret)
      return secret
    }
    const signing = async (known: readonly string[]) => {
      await ask('test-receiver', { as: 'alice', path: { receiver: id }, body: {} })
      const last = receiver.heard.at(-1)
      return known.map(secret => last !== undefined && isSigned(last, secret))
    }
    const lost = await rotated(3_600)
    house.time += 1_000_000
    const kept = await rotated(3_600)
    expect(await signing([first, lost, kept])).toEqual([true, true, true])
    house.time += 2_601_000
    expect(await signing([first, lost, kept])).toEqual([false, true, true])
    const another = await rotated(3_600)
    expect(await signing([lost, kept, another])).toEqual([true, true, true])
    // Where one has leaked, none of the old ones signs any more.
    const last = await rotated(0)
    expect(await signing([lost, kept, another, last])).toEqual([false, false, false, true])
  })

  test('no secret and no address is in any answer, log, event or table', async () => {
    await add()
    await propose()
    await deliver()
    receiver.answer({ status: 500 })
    await decide('bob', { decision: 'approve' })
    await deliver()
    const history = await house.ask('list-history', { as: 'dave', query: { limit: '100' } })
    const told = [
      ...answers,
      ...house.logged.map(line => JSON.stringify(line)),
      history.text,
      ...receiver.heard.map(({ body }) => body),
    ].join('\n')
    const stored = house.wire.requests.map(({ input }) => JSON.stringify(input)).join('\n')
    expect(secrets.length).toBeGreaterThan(5)
    for (const secret of secrets) {
      expect(told.includes(secret.slice(6))).toBe(false)
      expect(stored.includes(secret.slice(6))).toBe(false)
    }
    expect(told).not.toContain('very-secret-path')
  })
})

describe('with the process killed', () => {
  test.each(['killed', 'answer-lost'] as const)('(%s) at any write between the append and the delivery, nothing is lost', async mishap => {
    await add()
    await add({ name: 'other', kinds: ['approval-asked'] })
    await propose()
    const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'])
    for (let dies = 1; dies < 20; dies += 1) {
      let writes = 0
      house.wire.mishap = operation => (WRITES.has(operation) && ++writes >= dies ? mishap : undefined)
      await deliver().catch(() => undefined)
      house.wire.mishap = () => undefined
      // The lease of whoever died runs out.
      house.time += 61_000
      if (writes < dies) break
    }
    const ids = receiver.heard.map(({ headers }) => headers['webhook-id'])
    expect(ids.length).toBeGreaterThanOrEqual(2)
    expect(new Set(ids).size).toBe(1)
    for (const { id } of await house.ports.notices.receivers())
      expect(await deliveries(id)).toMatchObject([{ state: 'delivered', kind: 'approval-asked' }])
    expect(await house.store.ledger.outbox(10)).toEqual([])
  })
})
