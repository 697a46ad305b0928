import { describe, expect, test } from '@jest/globals'
import type { HoldEvent } from '../../shared/policy/index.ts'
import type { Store } from '../../shared/store/index.ts'
import { judged, leave, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()

/** What was sent while `read` ran, and what it found. */
const sentBy = async <T>(read: () => Promise<T>): Promise<{ found: T; sent: readonly string[] }> => {
  const from = opened.wire.sent.length
  const found = await read()
  return { found, sent: opened.wire.sent.slice(from) }
}

const propose = async (): Promise<string> => {
  const id = newId()
  const request = { id, expected: 0, lastHash: null, commitId: newId(), decision: leave, actor: 'alice', at: NOON }
  expect(await opened.store.ledger.appendChange({ ...request, events: [proposed(id, id)] })).toMatchObject({ ok: true })
  return id
}

describe('single items that are read in one turn', () => {
  test('are one request, whoever asks for them; each gets its own', async () => {
    const [one, other] = [await propose(), await propose()]
    const read = () =>
      Promise.all([
        opened.store.ledger.loadChange(one),
        opened.store.ledger.loadChange(other),
        opened.policies.active(),
        opened.store.ledger.waiting(one),
      ])
    const { found, sent } = await sentBy(read)
    expect(sent).toEqual(['BatchGetItem'])
    expect(found).toMatchObject([{ change: { id: one } }, { change: { id: other } }, null, null])
  })

  test('are read once where two ask for the same', async () => {
    const id = await propose()
    const { found, sent } = await sentBy(() => Promise.all([opened.store.ledger.loadChange(id), opened.store.ledger.loadChange(id)]))
    expect(sent).toEqual(['BatchGetItem'])
    expect(found).toMatchObject([{ change: { id } }, { change: { id } }])
    expect(opened.wire.requests.at(-1)?.input).toMatchObject({
      RequestItems: { [opened.tables.ledger]: { Keys: [{ pk: { S: `change#${id}` } }] } },
    })
  })

  test('in two turns are two requests', async () => {
    const { sent } = await sentBy(async () => {
      await opened.policies.active()
      await opened.policies.active()
    })
    expect(sent).toEqual(['GetItem', 'GetItem'])
  })

  test('fail together, and the next ones are read all the same', async () => {
    const id = await propose()
    const read = () => Promise.allSettled([opened.store.ledger.loadChange(id), opened.policies.active()])
    opened.wire.mishap = () => 'killed'
    const failed = await read()
    opened.wire.mishap = () => undefined
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await read()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })
})

describe('a change that was loaded before', () => {
  test('costs its head', async () => {
    const id = await propose()
    const { found, sent } = await sentBy(() => opened.store.ledger.loadChange(id))
    expect(sent).toEqual(['GetItem'])
    expect(found).toMatchObject({ version: 1 })
  })

  test('costs the commits since, where another has written to it', async () => {
    const id = await propose()
    const known = await opened.again().ledger.loadChange(id)
    const request = { id, expected: 1, lastHash: known?.lastHash ?? null, commitId: newId(), decision: leave, actor: 'alice', at: NOON }
    await opened.again().ledger.appendChange({ ...request, events: [judged] })
    const { found, sent } = await sentBy(() => opened.store.ledger.loadChange(id))
    expect(sent).toEqual(['GetItem', 'Query'])
    expect(found).toMatchObject({ version: 2, change: { status: 'in-review' } })
    expect(opened.wire.requests.at(-1)?.input).toMatchObject({ ExpressionAttributeValues: { ':after': { S: '000000000001' } } })
  })
})

describe('the holds that stand', () => {
  const placed = (id: string): HoldEvent => ({
    type: 'hold-placed',
    id,
    scope: 'fleet',
    target: 'edge',
    by: { id: 'carol', name: 'Carol' },
    reason: 'no',
    expiresAt: new Date(NOON + 3_600_000).toISOString(),
  })
  const place = async ({ holds }: Store, id: string): Promise<void> => {
    const request = { id, loaded: null, event: placed(id), actor: 'carol', at: NOON, commitId: newId(), decision: leave }
    expect(await holds.append(request)).toMatchObject({ ok: true })
  }
  const standing = async ({ holds }: Store, at = NOON) => (await holds.standing(at)).map(({ id }) => id)

  test('are read again only when something was written', async () => {
    const id = newId()
    await place(opened.store, id)
    expect(await standing(opened.store)).toEqual([id])
    expect(await sentBy(() => standing(opened.store))).toEqual({ found: [id], sent: ['GetItem'] })
  })

  test('are known at once to whoever read them before another placed or lifted one', async () => {
    const [reader, writer, id] = [opened.again(), opened.again(), newId()]
    const before = await standing(reader)
    await place(writer, id)
    expect(await sentBy(() => standing(reader))).toEqual({ found: [...before, id], sent: ['GetItem', 'Query'] })
    const loaded = await writer.holds.load(id)
    const event = { type: 'hold-lifted', by: { id: 'carol', name: 'Carol' }, reason: 'over' } as const
    expect(await writer.holds.append({ id, loaded, event, actor: 'carol', at: NOON, commitId: newId(), decision: leave })).toMatchObject({
      ok: true,
    })
    expect(await standing(reader)).toEqual(before)
  })

  test('end by themselves, read or remembered', async () => {
    expect((await standing(opened.store)).length).toBeGreaterThan(0)
    expect(await standing(opened.store, NOON + 3_600_000)).toEqual([])
  })
})
