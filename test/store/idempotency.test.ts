import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../shared/canonical/index.ts'
import { NOON, newId } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const DAY = 86_400_000

const begin = (key: string, over: { at?: number; id?: string; bodyHash?: string; scope?: string } = {}) =>
  opened.store.idempotency.begin({ scope: 'alice', key, bodyHash: 'h1', at: NOON, id: 'id-1', ...over })
const finish = (key: string, over: { at?: number; body?: string; status?: number } = {}) =>
  opened.store.idempotency.finish({ scope: 'alice', key, status: 201, body: '{"ok":true}', headers: { location: '/x' }, at: NOON, ...over })
const done = { state: 'done', status: 201, body: '{"ok":true}', headers: { location: '/x' } }

describe('an idempotency key', () => {
  test('is fresh at first, with the id and time of its request', async () => {
    expect(await begin(newId(), { id: 'mine' })).toEqual({ state: 'fresh', id: 'mine', at: NOON })
  })

  test('repeats its answer, whatever id and time come with the retry', async () => {
    const key = newId()
    await begin(key)
    await finish(key)
    expect(await begin(key, { id: 'id-2', at: NOON + 5 })).toEqual(done)
  })

  test('with another body is refused, before and after the answer', async () => {
    const key = newId()
    await begin(key)
    expect(await begin(key, { bodyHash: 'h2' })).toEqual({ state: 'other-body' })
    await finish(key)
    expect(await begin(key, { bodyHash: 'h2' })).toEqual({ state: 'other-body' })
  })

  test('of another person is another key', async () => {
    const key = newId()
    await begin(key)
    expect(await begin(key, { scope: 'bob', id: 'b' })).toEqual({ state: 'fresh', id: 'b', at: NOON })
  })

  test('scope and key cannot be shifted into each other', async () => {
    const part = newId()
    await begin(`b${part}`, { scope: 'a' })
    expect((await begin(part, { scope: 'ab' })).state).toBe('fresh')
  })

  test('that somebody works on says so, to all but one of twenty at once', async () => {
    const key = newId()
    const states = (await Promise.all(Array.from({ length: 20 }, (_, index) => begin(key, { id: `id-${index}` })))).map(
      ({ state }) => state,
    )
    expect(states.filter(state => state === 'fresh')).toHaveLength(1)
    expect(states.filter(state => state === 'in-progress')).toHaveLength(19)
  })

  test.each([
    [29_999, 'in-progress'],
    [30_000, 'fresh'],
  ])('%i ms after a crash the retry is %s', async (after, state) => {
    const key = newId()
    await begin(key)
    expect((await begin(key, { at: NOON + after, id: 'id-2' })).state).toBe(state)
  })

  test('goes on after a crash with the first id and time, so that nothing is made twice', async () => {
    const key = newId()
    await begin(key, { id: 'first' })
    expect(await begin(key, { id: 'second', at: NOON + 40_000 })).toEqual({ state: 'fresh', id: 'first', at: NOON })
    expect(await begin(key, { id: 'third', at: NOON + 45_000 })).toEqual({ state: 'in-progress' })
    expect(await begin(key, { id: 'fourth', at: NOON + 80_000 })).toEqual({ state: 'fresh', id: 'first', at: NOON })
    await finish(key, { at: NOON + 81_000 })
    expect(await begin(key, { at: NOON + 82_000 })).toEqual(done)
  })

  test('after a crash goes to one of twenty', async () => {
    const key = newId()
    await begin(key)
    const states = (await Promise.all(Array.from({ length: 20 }, () => begin(key, { at: NOON + 60_000 })))).map(({ state }) => state)
    expect(states.filter(state => state === 'fresh')).toHaveLength(1)
  })

  test('keeps its first answer, when one taken for dead finishes late', async () => {
    const key = newId()
    await begin(key)
    await begin(key, { at: NOON + 40_000 })
    await finish(key)
    await finish(key, { status: 500, body: 'late' })
    expect(await begin(key, { at: NOON + 50_000 })).toEqual(done)
  })

  test('is forgotten after a day', async () => {
    const key = newId()
    await begin(key)
    await finish(key)
    expect(await begin(key, { at: NOON + DAY - 1_000 })).toEqual(done)
    expect(await begin(key, { at: NOON + DAY, id: 'new', bodyHash: 'h2' })).toEqual({ state: 'fresh', id: 'new', at: NOON + DAY })
  })

  test('a lost answer of begin is no other worker', async () => {
    let lost = 0
    opened.wire.mishap = operation => (operation === 'PutItem' && lost++ === 0 ? 'answer-lost' : undefined)
    const begun = await begin(newId(), { id: 'mine' })
    opened.wire.mishap = () => undefined
    expect(lost).toBe(2)
    expect(begun).toEqual({ state: 'fresh', id: 'mine', at: NOON })
  })

  test.each([8_192, 8_193, 1_500_000])('a body of %i characters comes back whole', async length => {
    const key = newId()
    // Text that does not pack, so that the longest one takes several chunks.
    let seed = 1
    const body = Array.from({ length }, () => {
      seed = (seed * 48_271) % 2_147_483_647
      return String.fromCharCode(33 + (seed % 90))
    }).join('')
    await begin(key)
    await finish(key, { body })
    expect(await begin(key)).toEqual({ ...done, body })
  })
})

test('every record of a key expires, in seconds, its chunks not before it', async () => {
  const key = newId()
  await begin(key)
  await finish(key, { body: 'x'.repeat(9_000) })
  const { Items } = await opened.client.send(
    new QueryCommand({
      TableName: opened.tables.ledger,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `idem#${digestOf(['alice', key])}` } },
    }),
  )
  const expiry = new Map((Items ?? []).map(item => [item['sk']?.S === 'idem' ? 'record' : 'chunk', Number(item['expiresAt']?.N)]))
  expect(expiry.get('record')).toBe(NOON / 1000 + 86_400)
  expect(expiry.get('chunk')).toBeGreaterThan(NOON / 1000 + 86_400)
})
