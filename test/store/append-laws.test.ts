import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isTerminal } from '../../shared/change/index.ts'
import { verifyChain } from '../../shared/history/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { aborted, alice, approvedBy, judged, leave, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()

/** What a writer does next: looks at the change, or appends to what it saw last. */
type Step = { readonly writer: number; readonly does: 'look' | 'approve' | 'abort' }
const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    writer: fc.nat(2),
    does: fc.oneof(
      { weight: 4, arbitrary: fc.constant('look' as const) },
      { weight: 6, arbitrary: fc.constant('approve' as const) },
      { weight: 1, arbitrary: fc.constant('abort' as const) },
    ),
  }),
  { maxLength: 15 },
)

const append = (id: string, seen: Loaded | null, events: Parameters<typeof opened.store.ledger.appendChange>[0]['events']) =>
  opened.store.ledger.appendChange({
    id,
    expected: seen?.version ?? 0,
    lastHash: seen?.lastHash ?? null,
    events,
    actor: 'alice',
    at: NOON,
    commitId: newId(),
    decision: leave,
  })

describe('laws of appending', () => {
  test('an append succeeds exactly where nobody appended since its writer looked; the lock is held exactly until the end', async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, async steps => {
        const [id, fleet] = [newId(), newId()]
        // The reference: how many commits there are, and what each writer saw.
        let version = 2
        let ended = false
        const first = await append(id, null, [proposed(id, fleet)])
        if (!first.ok) throw new Error(first.error)
        await append(id, first.loaded, [judged])
        const seen: (Loaded | null)[] = [null, first.loaded, await opened.store.ledger.loadChange(id)]
        for (const { writer, does } of steps) {
          const known = seen[writer] ?? null
          if (does === 'look') {
            seen[writer] = await opened.store.ledger.loadChange(id)
            continue
          }
          // The store keeps what was decided and decides nothing; who saw the end would not have decided to go on.
          if (known === null || isTerminal(known.change.status) || known.change.status === 'proposed') continue
          const outcome = await append(id, known, [does === 'abort' ? aborted : approvedBy({ ...alice, id: `person-${writer}` })])
          expect(outcome.ok).toBe(known.version === version)
          if (!outcome.ok) continue
          version += 1
          ended = does === 'abort'
          seen[writer] = outcome.loaded
        }
        const { items } = await opened.store.ledger.commitsOf(`change#${id}`, { limit: 100 })
        expect(items).toHaveLength(version)
        expect(verifyChain(items)).toEqual({ ok: true })
        expect((await opened.store.ledger.head(id))?.version).toBe(version)
        const other = newId()
        expect((await append(other, null, [proposed(other, fleet)])).ok).toBe(ended)
      }),
      { numRuns: 40 },
    )
  })

  test('whoever reads, with whatever it remembers, reads the same', async () => {
    const [id, fleet] = [newId(), newId()]
    const readers = [opened.again(), opened.again(), opened.again()]
    let now = await append(id, null, [proposed(id, fleet)])
    for (let round = 0; round < 6 && now.ok; round += 1) {
      const reader = readers[round % 3]
      if (!reader) break
      expect(await reader.ledger.loadChange(id)).toEqual(now.loaded)
      now = await append(id, now.loaded, round === 0 ? [judged] : [approvedBy({ ...alice, id: `person-${round}` })])
    }
    const whole = await opened.again().ledger.loadChange(id)
    for (const reader of readers) expect(await reader.ledger.loadChange(id)).toEqual(whole)
    expect(whole?.version).toBe(7)
  })

  test('a table that was put back to an earlier state is believed, and not what was remembered of it', async () => {
    const [id, fleet, other] = [newId(), newId(), newId()]
    await append(id, null, [proposed(id, fleet)])
    const remembering = opened.again()
    await remembering.ledger.loadChange(id)
    for (const sk of ['000000000001', 'head'])
      await opened.client.send(
        new DeleteItemCommand({ TableName: opened.tables.ledger, Key: { pk: { S: `change#${id}` }, sk: { S: sk } } }),
      )
    const fresh = opened.again().ledger
    const request = { id, expected: 0, lastHash: null, actor: 'alice', at: NOON, commitId: newId(), decision: leave }
    expect((await fresh.appendChange({ ...request, events: [proposed(id, other)] })).ok).toBe(true)
    expect((await remembering.ledger.loadChange(id))?.change.fleet).toBe(other)
  })
})
