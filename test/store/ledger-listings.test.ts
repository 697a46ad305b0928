import { beforeAll, describe, expect, test } from '@jest/globals'
import type { ChangeEvent } from '../../shared/change/index.ts'
import { verifyChain } from '../../shared/history/index.ts'
import { InvalidCursor, type Loaded, type Page, type PageRequest } from '../../shared/store/index.ts'
import { aborted, judged, leave, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const DAY = 86_400_000

const append = async (id: string, events: readonly ChangeEvent[], at: number, actor = 'alice'): Promise<Loaded | null> => {
  const { ledger } = opened.store
  const now = await ledger.loadChange(id)
  const request = { id, expected: now?.version ?? 0, lastHash: now?.lastHash ?? null, commitId: newId(), decision: leave }
  const outcome = await ledger.appendChange({ ...request, events, at, actor })
  return outcome.ok ? outcome.loaded : null
}

/** Every item of a listing, a few at a time; a listing that never ends fails the test. */
const all = async <T>(list: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<T[]> => {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < 200; page += 1) {
    const found = await list({ limit, cursor })
    expect(found.items.length).toBeLessThanOrEqual(limit)
    items.push(...found.items)
    cursor = found.next
    if (cursor === undefined) return items
    expect(found.items.length).toBe(limit)
  }
  throw new Error('the listing does not end')
}

/** Nine changes over three days: each third one ends at once, by bob. */
const made: { id: string; fleet: string; ended: boolean }[] = []
beforeAll(async () => {
  for (let index = 0; index < 9; index += 1) {
    const one = { id: newId(), fleet: `fleet-${index % 2}`, ended: index < 7 }
    const at = NOON + Math.floor(index / 3) * DAY + index * 60_000
    await append(one.id, [proposed(one.id, one.fleet)], at)
    if (index === 8) await append(one.id, [judged], at + 1_000)
    if (one.ended) await append(one.id, [aborted], at + 2_000, 'bob')
    made.push(one)
  }
  await opened.store.ledger.record({
    stream: 'fleet#fleet-0',
    event: { type: 'fleet-created', description: 'edge' },
    actor: 'carol',
    at: NOON + 10 * DAY,
    commitId: newId(),
    decision: leave,
  })
})

const newestFirst = (list: typeof made) => list.map(({ id }) => id).reverse()

describe('changes are listed', () => {
  test.each([1, 2, 4, 9, 100])('all of them, newest first, %i a page', async limit => {
    const items = await all(page => opened.store.ledger.changes({}, page), limit)
    expect(items.map(({ id }) => id)).toEqual(newestFirst(made))
  })

  test('the last page has no next, also when it is full', async () => {
    expect((await opened.store.ledger.changes({}, { limit: 9 })).next).toBeUndefined()
    expect((await opened.store.ledger.changes({}, { limit: 8 })).next).toBeDefined()
  })

  test.each([1, 3, 100])('by fleet, by status and by both, %i a page', async limit => {
    const { ledger } = opened.store
    const of = async (filter: Parameters<typeof ledger.changes>[0]) =>
      (await all(page => ledger.changes(filter, page), limit)).map(({ id }) => id)
    expect(await of({ fleet: 'fleet-1' })).toEqual(newestFirst(made.filter(({ fleet }) => fleet === 'fleet-1')))
    expect(await of({ status: 'aborted' })).toEqual(newestFirst(made.filter(({ ended }) => ended)))
    expect(await of({ status: 'in-review' })).toEqual([made[8]?.id])
    expect(await of({ status: 'completed' })).toEqual([])
  })

  test('by fleet and status together, where the filter leaves one of many', async () => {
    const found = await opened.store.ledger.changes({ fleet: 'fleet-0', status: 'in-review' }, { limit: 25 })
    expect(found.items.map(({ id }) => id)).toEqual([made[8]?.id])
    expect(found.next).toBeUndefined()
  })

  test.each([1, 2, 25])('open ones are those that have not ended, over all their statuses, %i a page', async limit => {
    const items = await all(page => opened.store.ledger.open(page), limit)
    expect(items.map(({ id }) => id).sort()).toEqual(
      made
        .filter(({ ended }) => !ended)
        .map(({ id }) => id)
        .sort(),
    )
  })
})

describe('commits are listed', () => {
  const times = (items: readonly { at: string }[]) => items.map(({ at }) => at)

  test.each([1, 2, 5, 17, 18, 100])('all of them, newest first over the days, %i a page', async limit => {
    const items = await all(page => opened.store.ledger.commits({}, page), limit)
    expect(items).toHaveLength(9 + 1 + 7 + 1)
    expect(times(items)).toEqual(times(items).sort().reverse())
  })

  test.each([1, 3, 100])('by day, by actor, by fleet, %i a page', async limit => {
    const { ledger } = opened.store
    const of = (filter: Parameters<typeof ledger.commits>[0]) => all(page => ledger.commits(filter, page), limit)
    expect(await of({ day: '2026-11-21' })).toHaveLength(6)
    expect(await of({ day: '1999-01-01' })).toEqual([])
    expect((await of({ actor: 'bob' })).map(({ events }) => events[0]?.type)).toEqual(new Array(7).fill('aborted'))
    expect(await of({ actor: 'bob', day: '2026-11-22' })).toHaveLength(1)
    expect((await of({ fleet: 'fleet-0' })).map(({ stream }) => stream)[0]).toBe('fleet#fleet-0')
    expect(await of({ fleet: 'fleet-1', day: '2026-11-21' })).toHaveLength(4)
  })

  test('by actor and fleet together', async () => {
    const { items } = await opened.store.ledger.commits({ actor: 'bob', fleet: 'fleet-1' }, { limit: 100 })
    expect(items).toHaveLength(3)
  })

  test('of one stream oldest first, and nothing else of what stands there', async () => {
    const items = await all(page => opened.store.ledger.commitsOf(`change#${made[0]?.id}`, page), 1)
    expect(items.map(({ sequence, events }) => [sequence, events[0]?.type])).toEqual([
      [1, 'proposed'],
      [2, 'aborted'],
    ])
  })
})

describe('other recorded facts', () => {
  const record = (stream: string, commitId: string, type = 'patch-submitted') =>
    opened.store.ledger.record({
      stream,
      event: { type, nested: { list: [1, null, 'ü'] } },
      actor: 'alice',
      at: NOON,
      commitId,
      decision: leave,
    })

  test('form a chain of their own, with what they said', async () => {
    for (const type of ['first', 'second', 'third']) await record('patch#abc', newId(), type)
    const { items } = await opened.store.ledger.commitsOf('patch#abc', { limit: 10 })
    expect(verifyChain(items)).toEqual({ ok: true })
    expect(items.map(({ events }) => events)).toEqual(
      ['first', 'second', 'third'].map(type => [{ type, nested: { list: [1, null, 'ü'] } }]),
    )
  })

  test('recorded twice under one id, they are recorded once', async () => {
    const commitId = newId()
    for (const _ of [1, 2]) await record('patch#twice', commitId)
    await record('patch#twice', newId())
    await record('patch#twice', commitId)
    expect((await opened.store.ledger.commitsOf('patch#twice', { limit: 10 })).items).toHaveLength(2)
  })

  test('from ten writers at once all arrive, in one chain', async () => {
    await Promise.all(Array.from({ length: 10 }, () => record('patch#busy', newId())))
    const { items } = await opened.store.ledger.commitsOf('patch#busy', { limit: 100 })
    expect(items).toHaveLength(10)
    expect(verifyChain(items)).toEqual({ ok: true })
  })
})

describe('a cursor', () => {
  test('of one listing is refused by every other', async () => {
    const { ledger } = opened.store
    const { next: cursor } = await ledger.changes({ fleet: 'fleet-0' }, { limit: 1 })
    const others = [
      () => ledger.changes({ fleet: 'fleet-1' }, { limit: 1, cursor }),
      () => ledger.changes({ status: 'aborted' }, { limit: 1, cursor }),
      () => ledger.changes({ fleet: 'fleet-0', status: 'aborted' }, { limit: 1, cursor }),
      () => ledger.changes({}, { limit: 1, cursor }),
      () => ledger.commits({}, { limit: 1, cursor }),
      () => ledger.open({ limit: 1, cursor }),
      () => ledger.commitsOf('patch#abc', { limit: 1, cursor }),
    ]
    for (const other of others) await expect(other()).rejects.toThrow(InvalidCursor)
  })

  test('forged with a key of another fleet still shows the own fleet only', async () => {
    const { ledger } = opened.store
    const { next } = await ledger.changes({ fleet: 'fleet-0' }, { limit: 1 })
    const [version, scope] = JSON.parse(Buffer.from(next ?? '', 'base64url').toString())
    const position = { updatedKey: '9999', pk: `change#${made[1]?.id}`, sk: 'head' }
    const cursor = Buffer.from(JSON.stringify([version, scope, position])).toString('base64url')
    const { items } = await ledger.changes({ fleet: 'fleet-0' }, { limit: 100, cursor })
    expect(new Set(items.map(({ fleet }) => fleet))).toEqual(new Set(['fleet-0']))
  })

  test('that names a day or status which is none is refused', async () => {
    const { ledger } = opened.store
    const forge = async (next: string | undefined) => {
      const [version, scope, position] = JSON.parse(Buffer.from(next ?? '', 'base64url').toString())
      return Buffer.from(JSON.stringify([version, scope, { ...position, partition: 'changes' }])).toString('base64url')
    }
    const day = await forge((await ledger.commits({}, { limit: 1 })).next)
    const status = await forge((await ledger.open({ limit: 1 })).next)
    await expect(ledger.commits({}, { limit: 1, cursor: day })).rejects.toThrow(InvalidCursor)
    await expect(ledger.open({ limit: 1, cursor: status })).rejects.toThrow(InvalidCursor)
  })
})
