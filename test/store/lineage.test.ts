import { describe, expect, test } from '@jest/globals'
import type { Edge } from '../../shared/lineage/index.ts'
import { newId } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()

const edge = (over: Partial<Edge> = {}): Edge => ({
  previous: 'p1',
  next: 'p2',
  fleet: 'edge',
  change: 'c1',
  at: '2026-11-20T12:00:00.000Z',
  hosts: 40,
  kept: ['vmlinux:a'],
  repatched: [],
  added: ['vmlinux:b'],
  reverted: [],
  ...over,
})
const page = { limit: 25 }

describe('the replaced-by graph', () => {
  test('answers from both ends', async () => {
    await opened.store.lineage.add([edge()])
    expect(await opened.store.lineage.replacedBy('p1', page)).toEqual({ items: [edge()] })
    expect(await opened.store.lineage.replaced('p2', page)).toEqual({ items: [edge()] })
    expect(await opened.store.lineage.replacedBy('p2', page)).toEqual({ items: [] })
    expect(await opened.store.lineage.replaced('p1', page)).toEqual({ items: [] })
  })

  test('the same edge again changes nothing, also when the retry counts or dates it anew', async () => {
    const one = edge({ next: newId(), previous: newId() })
    await opened.store.lineage.add([one])
    await opened.store.lineage.add([{ ...one, hosts: 41, at: '2026-11-21T12:00:00.000Z' }])
    expect(await opened.store.lineage.replacedBy(one.previous ?? '', page)).toEqual({ items: [one] })
    expect(await opened.store.lineage.replaced(one.next, page)).toEqual({ items: [one] })
  })

  test('a retry after a crash adds what is missing', async () => {
    const next = newId()
    const edges = ['x', 'y', 'z'].map(previous => edge({ previous: `${previous}-${next}`, next }))
    await opened.store.lineage.add(edges.slice(0, 2))
    await opened.store.lineage.add(edges)
    expect((await opened.store.lineage.replaced(next, page)).items).toHaveLength(3)
  })

  test('hosts that ran nothing before are an edge without a previous one', async () => {
    const one = edge({ previous: null, next: newId() })
    await opened.store.lineage.add([one])
    expect(await opened.store.lineage.replaced(one.next, page)).toEqual({ items: [one] })
  })

  test('the same pair on another fleet or by another change is another edge, the newest change first', async () => {
    const next = newId()
    for (const [change, fleet] of [
      ['01A', 'edge'],
      ['01B', 'edge'],
      ['01B', 'core'],
    ])
      await opened.store.lineage.add([edge({ next, change: change ?? '', fleet: fleet ?? '' })])
    const first = await opened.store.lineage.replaced(next, { limit: 2 })
    const second = await opened.store.lineage.replaced(next, { limit: 2, cursor: first.next })
    expect([...first.items, ...second.items].map(({ change, fleet }) => `${change} ${fleet}`)).toEqual(['01B edge', '01B core', '01A edge'])
    expect(second.next).toBeUndefined()
  })

  test('ten thousand functions fit on an edge', async () => {
    const one = edge({ next: newId(), kept: Array.from({ length: 10_000 }, (_, index) => `vmlinux:function_${index}_of_a_subsystem`) })
    await opened.store.lineage.add([one])
    expect((await opened.store.lineage.replaced(one.next, page)).items).toEqual([one])
  })
})
