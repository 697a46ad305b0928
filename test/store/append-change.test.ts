import { describe, expect, test } from '@jest/globals'
import type { ChangeEvent } from '../../shared/change/index.ts'
import { verifyChain } from '../../shared/history/index.ts'
import { createStore, jitteredPause, type Loaded } from '../../shared/store/index.ts'
import { aborted, alice, approvedBy, judged, leave, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const pause = jitteredPause()

const append = (
  id: string,
  at: Loaded | null,
  events: readonly ChangeEvent[],
  over: { at?: number; commitId?: string; actor?: string } = {},
) =>
  opened.store.ledger.appendChange({
    id,
    expected: at?.version ?? 0,
    lastHash: at?.lastHash ?? null,
    events,
    actor: 'alice',
    at: NOON,
    commitId: newId(),
    decision: leave,
    ...over,
  })

const loaded = async (outcome: ReturnType<typeof append>): Promise<Loaded> => {
  const settled = await outcome
  if (!settled.ok) throw new Error(settled.error)
  return settled.loaded
}

/** A proposed change of a fleet of its own. */
const propose = async (fleet = newId()) => {
  const id = newId()
  return { id, fleet, loaded: await loaded(append(id, null, [proposed(id, fleet)])) }
}

describe('appending to a change', () => {
  test('what was appended is what is loaded, by anybody, at once', async () => {
    const { id, loaded: first } = await propose()
    const second = await loaded(append(id, first, [judged]))
    expect(second.version).toBe(2)
    expect(second.change.status).toBe('in-review')
    expect(await opened.again().ledger.loadChange(id)).toEqual(second)
  })

  test('a change that nobody proposed is not there', async () => {
    expect(await opened.store.ledger.loadChange('nobody')).toBeNull()
    expect(await opened.store.ledger.head('nobody')).toBeNull()
  })

  test('the head tells the newest state without a replay', async () => {
    const { id, fleet, loaded: first } = await propose()
    await append(id, first, [judged], { at: NOON + 5_000 })
    expect(await opened.store.ledger.head(id)).toEqual({
      id,
      fleet,
      livepatch: 'a'.repeat(64),
      status: 'in-review',
      version: 2,
      proposer: 'alice',
      proposedAt: '2026-11-20T12:00:00.000Z',
      updatedAt: '2026-11-20T12:00:05.000Z',
      afterReview: null,
    })
  })

  test.each<[string, Partial<Loaded>]>([
    ['a version that is too old', { version: 1 }],
    ['a version that is not reached yet', { version: 9 }],
    ['another history under the same number', { lastHash: 'f'.repeat(64) }],
  ])('%s is a conflict, and nothing changes', async (_, over) => {
    const { id, loaded: first } = await propose()
    const second = await loaded(append(id, first, [judged]))
    expect(await append(id, { ...second, ...over }, [aborted])).toEqual({ ok: false, error: 'conflict' })
    expect(await opened.store.ledger.loadChange(id)).toEqual(second)
  })

  test('of two who append at once one wins, and the other is told', async () => {
    const { id, loaded: first } = await propose()
    const outcomes = await Promise.all([append(id, first, [judged]), append(id, first, [aborted])])
    expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect((await opened.store.ledger.loadChange(id))?.version).toBe(2)
  })

  test('twenty approvals at once all arrive, each once, in one unbroken chain', async () => {
    const { id, loaded: first } = await propose()
    await append(id, first, [judged])
    const people = Array.from({ length: 20 }, (_, index) => ({ ...alice, id: `person-${index}` }))
    await Promise.all(
      people.map(async person => {
        for (let tried = 0; ; tried += 1) {
          const now = await opened.store.ledger.loadChange(id)
          if ((await append(id, now, [approvedBy(person)], { actor: person.id })).ok) return
          await pause(tried)
        }
      }),
    )
    const after = await opened.store.ledger.loadChange(id)
    expect(after?.version).toBe(22)
    expect(after?.change.review?.approvals.map(({ by }) => by.id).sort()).toEqual(people.map(person => person.id).sort())
    const { items } = await opened.store.ledger.commitsOf(`change#${id}`, { limit: 100 })
    expect([items.length, verifyChain(items)]).toEqual([22, { ok: true }])
  })

  test('the same commit again, because its answer was lost, is the same success', async () => {
    const { id, loaded: first } = await propose()
    const commitId = newId()
    const once = await loaded(append(id, first, [judged], { commitId }))
    expect(await append(id, first, [judged], { commitId })).toEqual({ ok: true, loaded: once })
    expect((await opened.store.ledger.loadChange(id))?.version).toBe(2)
  })

  test('a clock that went back orders nothing anew', async () => {
    const { id, loaded: first } = await propose()
    await append(id, first, [judged], { at: NOON - 3_600_000 })
    const { items } = await opened.store.ledger.commitsOf(`change#${id}`, { limit: 10 })
    expect(items.map(({ at }) => at)).toEqual(['2026-11-20T12:00:00.000Z', '2026-11-20T12:00:00.000Z'])
  })

  test('commits carry actor and the policies that allowed them', async () => {
    const { id } = await propose()
    const { items } = await opened.store.ledger.commitsOf(`change#${id}`, { limit: 10 })
    expect(items[0]).toMatchObject({ stream: `change#${id}`, sequence: 1, actor: 'alice', policies: ['allow-all'], previousHash: null })
  })
})

describe('the lock of a fleet', () => {
  test('is held from the proposal on, and says by whom', async () => {
    const { id, fleet } = await propose()
    const other = newId()
    expect(await append(other, null, [proposed(other, fleet)])).toEqual({ ok: false, error: 'fleet-busy', holder: id })
    expect(await opened.store.ledger.loadChange(other)).toBeNull()
    expect(await opened.store.ledger.head(other)).toBeNull()
  })

  test('is given back in the very commit that ends the change', async () => {
    const { id, fleet, loaded: first } = await propose()
    await append(id, first, [aborted])
    const other = newId()
    expect((await append(other, null, [proposed(other, fleet)])).ok).toBe(true)
  })

  test('is not given back by anything else', async () => {
    const { id, fleet, loaded: first } = await propose()
    await append(id, first, [judged])
    const other = newId()
    expect(await append(other, null, [proposed(other, fleet)])).toMatchObject({ error: 'fleet-busy', holder: id })
  })

  test('goes to one of twenty proposals at once', async () => {
    const fleet = newId()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const id = newId()
        return { id, outcome: await append(id, null, [proposed(id, fleet)]) }
      }),
    )
    const winners = outcomes.filter(({ outcome }) => outcome.ok)
    expect(winners).toHaveLength(1)
    for (const { outcome } of outcomes) if (!outcome.ok) expect(outcome).toEqual({ ok: false, error: 'fleet-busy', holder: winners[0]?.id })
  })

  test('a proposal that ends in the same commit never takes it', async () => {
    const [id, other, fleet] = [newId(), newId(), newId()]
    expect((await append(id, null, [proposed(id, fleet), aborted])).ok).toBe(true)
    expect((await append(other, null, [proposed(other, fleet)])).ok).toBe(true)
  })
})

describe('mishaps on the wire', () => {
  test('a lost answer does not append twice', async () => {
    const { id, loaded: first } = await propose()
    let lost = 0
    opened.wire.mishap = operation => (operation === 'TransactWriteItems' && lost++ === 0 ? 'answer-lost' : undefined)
    const outcome = await append(id, first, [judged])
    opened.wire.mishap = () => undefined
    expect(lost).toBe(2)
    expect(outcome.ok).toBe(true)
    expect((await opened.store.ledger.loadChange(id))?.version).toBe(2)
  })

  test('another transaction on the same items is waited for, not taken for a lost race', async () => {
    const { id, loaded: first } = await propose()
    let met = 0
    opened.wire.mishap = operation => (operation === 'TransactWriteItems' && met++ < 3 ? 'contended' : undefined)
    const outcome = await append(id, first, [judged])
    opened.wire.mishap = () => undefined
    expect([met, outcome.ok]).toEqual([4, true])
  })

  test('a transaction that never gets through rises, and leaves nothing', async () => {
    const { id, loaded: first } = await propose()
    const impatient = createStore({ client: opened.client, tables: opened.tables, pause: async () => undefined })
    const request = {
      id,
      expected: 1,
      lastHash: first.lastHash,
      events: [judged],
      actor: 'alice',
      at: NOON,
      commitId: newId(),
      decision: leave,
    }
    opened.wire.mishap = operation => (operation === 'TransactWriteItems' ? 'contended' : undefined)
    await expect(impatient.ledger.appendChange(request)).rejects.toThrow('Transaction cancelled')
    opened.wire.mishap = () => undefined
    expect((await opened.store.ledger.loadChange(id))?.version).toBe(1)
  })

  test('a process that ends between day and commit leaves no half commit, and its retry is whole', async () => {
    const id = newId()
    const fleet = newId()
    const restarted = opened.again()
    const request = {
      id,
      expected: 0,
      lastHash: null,
      events: [proposed(id, fleet)],
      actor: 'alice',
      at: NOON,
      commitId: newId(),
      decision: leave,
    }
    opened.wire.mishap = operation => (operation === 'TransactWriteItems' ? 'killed' : undefined)
    await expect(opened.again().ledger.appendChange(request)).rejects.toThrow('the process ended here')
    opened.wire.mishap = () => undefined
    expect(await restarted.ledger.loadChange(id)).toBeNull()
    expect((await restarted.ledger.appendChange(request)).ok).toBe(true)
  })

  test('throttling of every fifth request loses no update', async () => {
    const { id, loaded: first } = await propose()
    let requests = 0
    opened.wire.mishap = () => (requests++ % 5 === 4 ? 'throttled' : undefined)
    let now = await loaded(append(id, first, [judged]))
    for (let person = 0; person < 10; person += 1) now = await loaded(append(id, now, [approvedBy({ ...alice, id: `p${person}` })]))
    opened.wire.mishap = () => undefined
    expect(now.version).toBe(12)
    expect(await opened.store.ledger.loadChange(id)).toEqual(now)
  })
})

describe('what the workflow waits for', () => {
  test('is read back as it was put last, and is nothing before', async () => {
    const id = newId()
    expect(await opened.store.ledger.waiting(id)).toBeNull()
    await opened.store.ledger.wait(id, { for: 'approvals', token: 't1', wave: null })
    expect(await opened.store.ledger.waiting(id)).toEqual({ for: 'approvals', token: 't1', wave: null })
    await opened.store.ledger.wait(id, { for: 'wave', token: 't2', wave: 0 })
    expect(await opened.store.ledger.waiting(id)).toEqual({ for: 'wave', token: 't2', wave: 0 })
  })
})
