import { describe, expect, test } from '@jest/globals'
import { createKeptAnswers, type KeptAnswers } from '../../shared/store/index.ts'
import { judged, leave, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const answers = (): KeptAnswers => createKeptAnswers({ client: opened.client, tables: opened.tables })
const answer = (key: string, over: { bodyHash?: string; body?: string; at?: number } = {}) => ({
  ...{ scope: 'alice', key, bodyHash: 'h1', status: 201, body: '{"ok":true}', headers: { location: '/x' }, at: NOON },
  ...over,
})
const done = { state: 'done', status: 201, body: '{"ok":true}', headers: { location: '/x' } }

describe('an answer that is kept alone', () => {
  test('is the first of its key; a later one is told the first', async () => {
    const key = newId()
    expect(await answers().keep(answer(key))).toEqual({ state: 'kept' })
    expect(await answers().keep(answer(key, { body: 'later' }))).toEqual(done)
    expect(await opened.store.idempotency.begin({ ...answer(key), id: 'id' })).toEqual(done)
  })

  test('of another body is told so', async () => {
    const key = newId()
    await answers().keep(answer(key))
    expect(await answers().keep(answer(key, { bodyHash: 'h2' }))).toEqual({ state: 'other-body' })
  })

  test('takes the place of one that is a day old, and of what somebody only began', async () => {
    const [old, begun] = [newId(), newId()]
    await answers().keep(answer(old))
    expect(await answers().keep(answer(old, { at: NOON + 86_400_000 }))).toEqual({ state: 'kept' })
    await opened.store.idempotency.begin({ ...answer(begun), id: 'id' })
    expect(await answers().keep(answer(begun))).toEqual({ state: 'kept' })
  })

  test('comes back whole, however long it is', async () => {
    const [key, body] = [newId(), 'x'.repeat(20_000)]
    await answers().keep(answer(key, { body }))
    expect(await answers().keep(answer(key))).toEqual({ ...done, body })
  })
})

describe('an answer that goes with a commit', () => {
  const append = (id: string, key: string, keeping = (): Promise<{ key: string }> => answers().alongside(answer(key))) =>
    opened.store.ledger.appendChange({
      ...{ id, expected: 0, lastHash: null, events: [proposed(id, newId())], actor: 'alice', at: NOON, commitId: newId() },
      ...{ decision: leave, keeping },
    })

  test('is there when the commit is, and neither where another commit came first', async () => {
    const [id, key, late] = [newId(), newId(), newId()]
    expect(await append(id, key)).toMatchObject({ ok: true })
    expect(await append(id, late)).toEqual({ ok: false, error: 'conflict' })
    expect(await answers().keep(answer(key))).toEqual(done)
    expect(await answers().keep(answer(late))).toEqual({ state: 'kept' })
  })

  test('keeps the commit out where its key has an answer', async () => {
    const [id, key] = [newId(), newId()]
    await answers().keep(answer(key))
    expect(await append(id, key)).toEqual({ ok: false, error: 'answered' })
    expect(await opened.store.ledger.loadChange(id)).toBeNull()
  })

  test('of twenty commits under one key lets one in', async () => {
    const key = newId()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => append(newId(), key)))
    expect(outcomes.map(outcome => (outcome.ok ? 'ok' : outcome.error)).sort()).toEqual([...Array(19).fill('answered'), 'ok'])
  })

  test('is told the change as it will be', async () => {
    const id = newId()
    const first = await append(id, newId())
    if (!first.ok) throw new Error(first.error)
    const told: unknown[] = []
    const second = await opened.store.ledger.appendChange({
      ...{
        id,
        expected: 1,
        lastHash: first.loaded.lastHash,
        events: [judged],
        actor: 'alice',
        at: NOON,
        commitId: newId(),
        decision: leave,
      },
      keeping: async loaded => {
        told.push(loaded)
        return answers().alongside(answer(newId()))
      },
    })
    expect(told).toEqual([second.ok && second.loaded])
  })

  test('is made by KeptAnswers and by nobody else', async () => {
    await expect(append(newId(), newId(), async () => ({ key: 'made up' }))).rejects.toThrow('made by KeptAnswers')
  })
})
