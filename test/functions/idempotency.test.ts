import { beforeAll, describe, expect, test } from '@jest/globals'
import { validate } from '../../functions/lifecycle/validate.ts'
import { createFleet, digestOfFile, moduleFile, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const create = (id: string, key: string, as: 'alice' | 'bob' = 'alice') =>
  house.ask('create-fleet', { as, body: { id }, headers: { 'idempotency-key': key } })

beforeAll(() => createFleet(house, 'edge'))

describe('a request that is repeated under its key', () => {
  test('gets the first answer again, marked as such, and nothing happens twice', async () => {
    const first = await create('core', 'k1')
    house.time += 5_000
    const again = await create('core', 'k1')
    expect(first).toMatchObject({ status: 201, headers: { location: '/fleets/core' } })
    expect(again).toMatchObject({ status: 201, text: first.text, headers: { location: '/fleets/core', 'idempotency-replayed': 'true' } })
    expect(again.headers).toMatchObject({ 'cache-control': 'no-store', 'x-correlation-id': expect.any(String) })
  })

  test('gets a refusal again as well', async () => {
    const first = await create('edge', 'k2')
    const again = await create('edge', 'k2')
    expect(first).toMatchObject({ status: 409, body: { code: 'fleet-exists' } })
    expect(again).toMatchObject({ status: 409, text: first.text, headers: { 'content-type': 'application/problem+json' } })
  })

  test('is refused with another body', async () => {
    expect(await create('other', 'k1')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test('is refused with the same body about another thing', async () => {
    const issue = (fleet: string) =>
      house.ask('issue-enrolments', { as: 'alice', path: { fleet }, body: {}, headers: { 'idempotency-key': 'k3' } })
    expect((await issue('edge')).status).toBe(201)
    expect(await issue('core')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test('belongs to the person: the same key of somebody else is another request', async () => {
    const body = { fleet: 'edge', livepatch: '0'.repeat(64), reason: 'r' }
    const propose = (as: 'alice' | 'bob') => house.ask('propose-change', { as, body, headers: { 'idempotency-key': 'k4' } })
    await propose('alice')
    expect((await propose('bob')).headers).not.toHaveProperty('idempotency-replayed')
  })

  test('is told to wait while the first is worked on, and takes over from a worker that died', async () => {
    const begin = { scope: 'alice/create-fleet', key: 'k5', at: house.time, id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }
    const first = await create('probe', 'k5-probe')
    expect(first.status).toBe(201)
    const { createHash } = await import('node:crypto')
    const bodyHash = createHash('sha256').update('/fleets\n{"id":"late"}').digest('hex')
    expect(await house.store.idempotency.begin({ ...begin, bodyHash })).toMatchObject({ state: 'fresh' })
    expect(await create('late', 'k5')).toMatchObject({ status: 409, body: { code: 'request-in-progress' } })
    const startedAt = house.time
    house.time += 31_000
    const taken = await create('late', 'k5')
    expect(taken).toMatchObject({ status: 201, body: { createdAt: new Date(startedAt).toISOString() } })
  })

  test('never repeats a secret: tokens are told once and stored nowhere', async () => {
    const issue = () =>
      house.ask('issue-enrolments', { as: 'alice', path: { fleet: 'edge' }, body: { count: 2 }, headers: { 'idempotency-key': 'k6' } })
    const first = await issue()
    expect(first.body['tokens']).toEqual([expect.stringMatching(/^sse_/), expect.stringMatching(/^sse_/)])
    expect((await issue()).body).toMatchObject({ tokens: [], note: expect.stringContaining('once') })
  })
})

describe('an approval, which is one commit', () => {
  let about = { change: '', digest: '' }
  const approve = (key: string, body: object = {}, as: 'bob' | 'carol' = 'bob') =>
    house.ask('approve-change', {
      as,
      path: { change: about.change },
      body: { decision: 'approve', digest: about.digest, ...body },
      headers: { 'idempotency-key': key },
    })
  const timeline = async () => {
    const { timeline: events } = (await house.ask('show-change', { as: 'dave', path: { change: about.change } })).body
    return Array.isArray(events) ? events.map(({ type }) => String(type)) : []
  }

  beforeAll(async () => {
    await submit(house, '2')
    await createFleet(house, 'one-commit')
    const body = { fleet: 'one-commit', livepatch: digestOfFile(moduleFile('2')), reason: 'r' }
    const change = String((await house.ask('propose-change', { as: 'alice', body })).body['id'])
    await validate(house.ports)({ change })
    const { digest } = (await house.ask('show-change', { as: 'dave', path: { change } })).body
    about = { change, digest: String(digest) }
  })

  test('is answered again under its key as it was answered first, read in one go and written in one', async () => {
    house.wire.sent.length = 0
    const first = await approve('a1')
    expect(house.wire.sent).toEqual(['BatchGetItem', 'TransactWriteItems'])
    const again = await approve('a1')
    expect(first).toMatchObject({ status: 201, headers: { etag: '"3"' } })
    expect(again).toMatchObject({ status: 201, text: first.text, headers: { etag: '"3"', 'idempotency-replayed': 'true' } })
    expect(again.headers['location']).toBe(first.headers['location'])
  })

  test('is refused under a key that another request had', async () => {
    expect(await approve('a1', { comment: 'something else' })).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test('that comes twenty times at once under one key is there once, and answered alike', async () => {
    const said = { decision: 'comment', comment: 'once', digest: undefined }
    const answers = await Promise.all(Array.from({ length: 20 }, () => approve('a2', said)))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect((await timeline()).filter(type => type === 'commented')).toHaveLength(1)
  })

  test('that is refused is refused again, whatever has happened since', async () => {
    const wrong = { digest: '0'.repeat(64) }
    const first = await approve('a3', wrong, 'carol')
    expect(first.status).toBe(409)
    expect(await approve('a4', {}, 'carol')).toMatchObject({ status: 201, body: { status: 'released' } })
    expect(await approve('a3', wrong, 'carol')).toMatchObject({ status: 409, text: first.text })
  })
})

describe('a failure that nobody foresaw', () => {
  test('says nothing of its inside, is logged with it, and may be repeated', async () => {
    const broken = house.store.ledger.record
    const failing = async () => {
      throw new Error('secret detail')
    }
    Object.assign(house.store.ledger, { record: failing })
    const answer = await create('fragile', 'k7')
    Object.assign(house.store.ledger, { record: broken })
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect(answer.text).not.toContain('secret')
    expect(house.logged).toContainEqual(
      expect.objectContaining({ level: 'error', facts: expect.objectContaining({ correlationId: answer.headers['x-correlation-id'] }) }),
    )
    house.time += 31_000
    expect(await create('fragile', 'k7')).toMatchObject({ status: 201, body: { id: 'fragile' } })
  })
})

describe('correlation', () => {
  test('an id that came along goes back; a strange one is replaced', async () => {
    const ask = async (id: string) =>
      (await house.ask('list-fleets', { as: 'dave', headers: { 'x-correlation-id': id } })).headers['x-correlation-id']
    expect(await ask('abc-123')).toBe('abc-123')
    expect(await ask('x\ny')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
