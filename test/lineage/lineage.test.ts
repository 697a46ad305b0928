import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Stack } from '../../shared/kernel/index.ts'
import { type Edge, edgeKey, edgesOf, lineageGraph, type Moves, replacedBy, replacedOf, walkLineage } from '../../shared/lineage/index.ts'
import { Manifest } from '../../shared/livepatch/index.ts'

const digest = (character: string): string => character.repeat(64)
const [one, two, hotfix] = [digest('1'), digest('2'), digest('f')]

/** A function is written `name`, or `name=code` where its code is known. */
const patched = (text: string) => {
  const [name, code] = text.split('=')
  return { name, sympos: '0', ...(code === undefined ? {} : { code }) }
}
const manifest = (id: string, name: string, functions: readonly string[]): Manifest =>
  Manifest.parse({
    schema: 'supersede.manifest/1',
    digest: id,
    size: 1,
    name,
    series: 's',
    version: '1',
    kernelRelease: '6.1.0',
    arch: 'x86_64',
    replace: true,
    objects: [{ name: null, functions: functions.map(patched), callbacks: {} }],
    states: [],
    shadowImports: [],
    fixes: [],
    adopts: [],
    license: null,
    srcversion: null,
    depends: [],
    signature: { present: false, signer: null },
    stated: [],
  })
const manifests = new Map([
  [one, manifest(one, 'lp_1', ['a', 'b=1', 'c=1', 'e'])],
  [two, manifest(two, 'lp_2', ['b=1', 'c=2', 'd', 'e'])],
  [hotfix, manifest(hotfix, 'lp_hotfix', ['c=2'])],
])

type Entry = readonly [name: string, digest: string | null, enabled?: boolean]
const stack = (...entries: readonly Entry[]): Stack => ({
  kernelRelease: '6.1.0',
  livepatches: entries.map(([name, id, enabled = true]) => ({ name, digest: id, enabled, transition: false })),
  resident: [],
  targets: [],
  forced: false,
})
const moves = (cohorts: Moves['cohorts']): Moves => ({
  change: { id: '01JD', fleet: 'edge', livepatch: two },
  cohorts,
  manifests,
  at: '2026-11-23T12:00:00.000Z',
})
const short = (edges: readonly Edge[]) => edges.map(({ previous, hosts }) => [previous, hosts])

describe('the edges of a completed change', () => {
  const rows: readonly (readonly [string, Moves['cohorts'], readonly (readonly [string | null, number])[]])[] = [
    ['hosts that ran none make one from nothing', [{ stack: stack(), hosts: 3 }], [[null, 3]]],
    ['hosts that ran one livepatch make one from it', [{ stack: stack(['lp_1', one]), hosts: 3 }], [[one, 3]]],
    [
      'a cumulative livepatch replaces all that were enabled',
      [{ stack: stack(['lp_1', one], ['lp_hotfix', hotfix]), hosts: 2 }],
      [
        [one, 2],
        [hotfix, 2],
      ],
    ],
    ['what is disabled was not replaced', [{ stack: stack(['lp_1', one, false]), hosts: 2 }], [[null, 2]]],
    [
      'cohorts that ran the same one are one fact',
      [
        { stack: stack(['lp_1', one]), hosts: 3 },
        { stack: stack(['lp_1', one], ['lp_hotfix', hotfix]), hosts: 4 },
        { stack: stack(), hosts: 5 },
      ],
      [
        [null, 5],
        [one, 7],
        [hotfix, 4],
      ],
    ],
    ['hosts that ran it already replaced nothing', [{ stack: stack(['lp_2', two]), hosts: 3 }], []],
    ['a cohort of no hosts makes no fact', [{ stack: stack(['lp_1', one]), hosts: 0 }], []],
    ['what somebody else loaded keeps its name', [{ stack: stack(['kpatch_x', null]), hosts: 1 }], [['unknown:kpatch_x', 1]]],
  ]
  test.each(rows)('%s', (_, cohorts, expected) => {
    expect(short(edgesOf(moves(cohorts)))).toEqual(expected)
  })

  test('say of every function what became of it, seen from the one replaced', () => {
    const edges = edgesOf(moves([{ stack: stack(['lp_1', one], ['lp_hotfix', hotfix]), hosts: 2 }]))
    expect(edges).toMatchObject([
      { previous: one, kept: ['vmlinux:b'], repatched: ['vmlinux:c', 'vmlinux:e'], added: ['vmlinux:d'], reverted: ['vmlinux:a'] },
      { previous: hotfix, kept: ['vmlinux:c'], repatched: [], added: ['vmlinux:b', 'vmlinux:d', 'vmlinux:e'], reverted: [] },
    ])
  })
  test('say that everything is added where nothing ran, and nothing where it is not known what ran', () => {
    const edges = edgesOf(
      moves([
        { stack: stack(), hosts: 1 },
        { stack: stack(['kpatch_x', null]), hosts: 1 },
      ]),
    )
    expect(edges).toMatchObject([
      { previous: null, added: ['vmlinux:b', 'vmlinux:c', 'vmlinux:d', 'vmlinux:e'], reverted: [] },
      { previous: 'unknown:kpatch_x', kept: [], repatched: [], added: [], reverted: [] },
    ])
  })

  const names: readonly Entry[] = [
    ['lp_1', one],
    ['lp_2', two],
    ['lp_hotfix', hotfix],
    ['kpatch_x', null],
  ]
  const cohorts = fc.array(fc.record({ stack: fc.subarray([...names]).map(entries => stack(...entries)), hosts: fc.nat(9) }), {
    maxLength: 6,
  })

  test('are the same again, in the same order, whatever order the cohorts came in', () => {
    fc.assert(fc.property(cohorts, found => expect(edgesOf(moves(found.toReversed()))).toEqual(edgesOf(moves(found)))))
  })
  test('put every function of the new livepatch in one class, unless nothing is known', () => {
    fc.assert(
      fc.property(cohorts, found => {
        for (const { previous, kept, repatched, added } of edgesOf(moves(found)))
          expect([...kept, ...repatched, ...added].toSorted()).toEqual(
            previous?.startsWith('unknown:') ? [] : ['vmlinux:b', 'vmlinux:c', 'vmlinux:d', 'vmlinux:e'],
          )
      }),
    )
  })
})

const edge = (previous: string | null, next: string, minute: number, change = `c${minute}`): Edge => ({
  previous,
  next,
  fleet: 'edge',
  change,
  at: new Date(Date.UTC(2026, 10, 23, 12, minute)).toISOString(),
  hosts: 1,
  kept: [],
  repatched: [],
  added: [],
  reverted: [],
})

describe('the graph around a livepatch', () => {
  const upThenBack = [edge(null, 'a', 0), edge('a', 'b', 1), edge('b', 'c', 2), edge('c', 'b', 3), edge('x', 'y', 4)]

  test('walks towards what replaced it', async () => {
    expect(await lineageGraph(upThenBack, 'b', 'newer')).toMatchObject({ livepatches: ['b', 'c'], more: false })
  })
  test('walks towards what it replaced, down to nothing', async () => {
    expect((await lineageGraph(upThenBack, 'b', 'older')).livepatches).toEqual(['b', 'a', 'c'])
  })
  test('ends in a circle, and leaves alone what is not connected', async () => {
    const graph = await lineageGraph(upThenBack, 'c')
    expect(graph.livepatches.toSorted()).toEqual(['a', 'b', 'c'])
    expect(graph.edges.map(({ change }) => change)).toEqual(['c0', 'c1', 'c2', 'c3'])
  })
  test('tells facts by time', () => {
    expect(replacedBy(upThenBack, 'b').map(({ next }) => next)).toEqual(['c'])
    expect(replacedOf(upThenBack, 'b').map(({ previous }) => previous)).toEqual(['a', 'c'])
  })
  test('stops at its bound and says so', async () => {
    const line = Array.from({ length: 20 }, (_, index) => edge(`p${index}`, `p${index + 1}`, index))
    const graph = await lineageGraph(line, 'p0', 'newer', 5)
    expect(graph).toMatchObject({ livepatches: ['p0', 'p1', 'p2', 'p3', 'p4'], more: true })
    expect(graph.edges).toHaveLength(4)
  })
  test('asks for each livepatch once', async () => {
    const asked: string[] = []
    await walkLineage('c', 'both', async id => {
      asked.push(id)
      return upThenBack.filter(({ previous, next }) => previous === id || next === id)
    })
    expect(asked.toSorted()).toEqual(['a', 'b', 'c'])
  })
  test('holds every livepatch that can be reached, and only those', async () => {
    const name = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f')
    const edges = fc.array(
      fc.tuple(name, name).map(([previous, next]) => edge(previous, next, 0, `${previous}${next}`)),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(edges, name, async (facts, root) => {
        /* The slow way: grow the set until it stands still. */
        let reached = new Set([root])
        for (let round = 0; round < 6; round += 1)
          reached = new Set([
            ...reached,
            ...facts.filter(({ previous }) => previous !== null && reached.has(previous)).map(({ next }) => next),
          ])
        const graph = await lineageGraph(facts, root, 'newer')
        expect(new Set(graph.livepatches)).toEqual(reached)
        expect(new Set(graph.edges.map(edgeKey))).toEqual(
          new Set(facts.filter(({ previous }) => previous !== null && reached.has(previous)).map(edgeKey)),
        )
      }),
    )
  })
})
