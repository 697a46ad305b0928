import { describe, expect, test } from '@jest/globals'
import { InvalidCursor } from '../../shared/store/index.ts'
import { host } from '../fleet/examples.ts'
import { directive } from '../rollout/examples.ts'
import { NOON, newId } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const HOUR = 3_600_000

const create = async (): Promise<string> => {
  const id = newId()
  await opened.store.fleets.create({ id, description: `fleet ${id}`, pollSeconds: 30, at: NOON })
  return id
}

describe('a fleet', () => {
  test('is created once', async () => {
    const id = newId()
    expect(await opened.store.fleets.create({ id, description: 'first', pollSeconds: 30, at: NOON })).toEqual({ ok: true })
    expect(await opened.store.fleets.create({ id, description: 'second', pollSeconds: 30, at: NOON + 1 })).toEqual({
      ok: false,
      error: 'exists',
    })
    expect(await opened.store.fleets.summary(id)).toEqual({
      id,
      description: 'first',
      createdAt: '2026-11-20T12:00:00.000Z',
      hosts: 0,
      pollSeconds: 30,
      trust: [],
    })
    expect(await opened.store.fleets.summary('nobody')).toBeNull()
  })

  test('whose creation lost its answer is created', async () => {
    let lost = 0
    opened.wire.mishap = operation => (operation === 'PutItem' && lost++ === 0 ? 'answer-lost' : undefined)
    expect(await opened.store.fleets.create({ id: newId(), description: 'x', pollSeconds: 30, at: NOON })).toEqual({ ok: true })
    opened.wire.mishap = () => undefined
    expect(lost).toBe(2)
  })

  test('is listed with its number of hosts', async () => {
    const fleet = await create()
    await opened.store.fleets.issueEnrolments(fleet, ['l1', 'l2'], NOON + HOUR)
    for (const [tokenHash, id] of [
      ['l1', newId()],
      ['l2', newId()],
    ])
      await opened.store.fleets.enrol({ fleet, tokenHash: tokenHash ?? '', host: host({ id: id ?? '', fleet }), at: NOON })
    const { items } = await opened.store.fleets.list({ limit: 100 })
    expect(items.find(({ id }) => id === fleet)?.hosts).toBe(2)
  })
})

describe('enrolment', () => {
  const issue = async () => {
    const fleet = await create()
    const tokenHash = newId()
    await opened.store.fleets.issueEnrolments(fleet, [tokenHash], NOON + HOUR)
    return { fleet, tokenHash, host: host({ id: newId(), fleet }), at: NOON }
  }

  test('uses the token up and makes the host', async () => {
    const request = await issue()
    expect(await opened.store.fleets.enrol(request)).toEqual({ ok: true })
    expect(await opened.store.fleets.host(request.host.id)).toEqual(request.host)
    expect((await opened.store.fleets.summary(request.fleet))?.hosts).toBe(1)
  })

  test.each<[string, (request: Awaited<ReturnType<typeof issue>>) => Partial<Awaited<ReturnType<typeof issue>>>]>([
    ['a token that nobody issued', () => ({ tokenHash: 'forged' })],
    ['a token of another fleet', () => ({ fleet: 'elsewhere' })],
    ['a token that has expired', () => ({ at: NOON + HOUR })],
  ])('%s lets nobody in', async (_, over) => {
    const request = await issue()
    expect(await opened.store.fleets.enrol({ ...request, ...over(request) })).toEqual({ ok: false, error: 'bad-token' })
    expect(await opened.store.fleets.host(request.host.id)).toBeNull()
    expect((await opened.store.fleets.summary(request.fleet))?.hosts).toBe(0)
  })

  test('a token lets one of ten hosts in', async () => {
    const request = await issue()
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => opened.store.fleets.enrol({ ...request, host: host({ id: newId(), fleet: request.fleet }) })),
    )
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await opened.store.fleets.summary(request.fleet))?.hosts).toBe(1)
  })

  test('an id that is taken keeps its host, and the token stays good', async () => {
    const [first, second] = [await issue(), await issue()]
    await opened.store.fleets.enrol(first)
    const intruder = { ...second, host: host({ id: first.host.id, fleet: second.fleet, publicKey: 'z'.repeat(43) }) }
    expect(await opened.store.fleets.enrol(intruder)).toEqual({ ok: false, error: 'host-exists' })
    expect((await opened.store.fleets.host(first.host.id))?.publicKey).toBe(first.host.publicKey)
    expect(await opened.store.fleets.enrol(second)).toEqual({ ok: true })
  })

  test('the host that never got its answer may ask again; another key may not', async () => {
    const request = await issue()
    await opened.store.fleets.enrol(request)
    expect(await opened.store.fleets.enrol(request)).toEqual({ ok: true })
    const other = { ...request, host: { ...request.host, publicKey: 'z'.repeat(43) } }
    expect(await opened.store.fleets.enrol(other)).toEqual({ ok: false, error: 'bad-token' })
    expect((await opened.store.fleets.summary(request.fleet))?.hosts).toBe(1)
  })

  test('more tokens than one transaction holds are issued, all of them good', async () => {
    const fleet = await create()
    const hashes = Array.from({ length: 130 }, () => newId())
    await opened.store.fleets.issueEnrolments(fleet, hashes, NOON + HOUR)
    for (const tokenHash of [hashes[0] ?? '', hashes[129] ?? ''])
      expect(await opened.store.fleets.enrol({ fleet, tokenHash, host: host({ id: newId(), fleet }), at: NOON })).toEqual({ ok: true })
  })
})

describe('the hosts of a fleet', () => {
  test('are listed in order, and no others; a cursor serves no other fleet', async () => {
    const fleets = [await create(), await create()]
    for (const fleet of fleets)
      for (const index of [1, 2, 3]) {
        const tokenHash = newId()
        await opened.store.fleets.issueEnrolments(fleet, [tokenHash], NOON + HOUR)
        await opened.store.fleets.enrol({ fleet, tokenHash, host: host({ id: `${fleet}-${index}`, fleet }), at: NOON })
      }
    const [own = '', other = ''] = fleets
    const first = await opened.store.fleets.hosts(own, { limit: 2 })
    const second = await opened.store.fleets.hosts(own, { limit: 2, cursor: first.next })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([1, 2, 3].map(index => `${own}-${index}`))
    expect(second.next).toBeUndefined()
    await expect(opened.store.fleets.hosts(other, { limit: 2, cursor: first.next })).rejects.toThrow(InvalidCursor)
  })
})

describe('many hosts', () => {
  test('come by their ids in few reads, those that are there', async () => {
    const fleet = await create()
    const ids = Array.from({ length: 3 }, () => newId())
    await opened.store.fleets.issueEnrolments(fleet, ids, NOON + HOUR)
    for (const id of ids) await opened.store.fleets.enrol({ fleet, tokenHash: id, host: host({ id, fleet }), at: NOON })
    const from = opened.wire.sent.length
    const found = await opened.store.fleets.hostsByIds([...ids, ...ids, 'nobody'])
    expect([...found.keys()].sort()).toEqual(ids)
    expect(opened.wire.sent.slice(from)).toEqual(['BatchGetItem'])
  })
})

describe('the directive of a fleet', () => {
  const signed = (version: number, over = {}) => ({ directive: directive({ version, ...over }), keyId: 'k1', signature: `s${version}` })

  test('is the newest that was put; a slow writer is told so', async () => {
    const fleet = newId()
    expect(await opened.store.fleets.directive(fleet)).toBeNull()
    expect(await opened.store.fleets.putDirective(fleet, signed(1))).toEqual({ ok: true })
    expect(await opened.store.fleets.putDirective(fleet, signed(3))).toEqual({ ok: true })
    expect(await opened.store.fleets.putDirective(fleet, signed(2))).toEqual({ ok: false, error: 'older' })
    expect(await opened.store.fleets.directive(fleet)).toEqual(signed(3))
  })

  test('put again is the same success, but another one under its version is refused', async () => {
    const fleet = newId()
    await opened.store.fleets.putDirective(fleet, signed(1))
    expect(await opened.store.fleets.putDirective(fleet, signed(1))).toEqual({ ok: true })
    expect(await opened.store.fleets.putDirective(fleet, signed(1, { stopped: true }))).toEqual({ ok: false, error: 'older' })
    expect(await opened.store.fleets.directive(fleet)).toEqual(signed(1))
  })

  test('from ten writers in any order ends with the newest', async () => {
    const fleet = newId()
    await Promise.all([7, 3, 10, 1, 9, 2, 8, 4, 6, 5].map(version => opened.store.fleets.putDirective(fleet, signed(version))))
    expect((await opened.store.fleets.directive(fleet))?.directive.version).toBe(10)
  })
})
