import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { type CodeExtent, type CodeNode, codeExtent } from '../../shared/livepatch/patch/code-node.ts'
import { hashFrom } from '../../shared/livepatch/patch/hash-from.ts'

const SECTION = { index: 1, name: '.text', type: 1, flags: 6, offset: 0, size: 100, link: 0, info: 0, entrySize: 0 }
const extents = Array.from({ length: 8 }, (_, index) => codeExtent(SECTION, index, index + 1))
const keys = extents.map(({ key }) => key)

/** Which functions call which, and what each does itself. */
type Graph = { calls: readonly (readonly number[])[]; own: readonly string[] }

const graph: fc.Arbitrary<Graph> = fc.record({
  calls: fc.array(fc.uniqueArray(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 }),
  own: fc.constant(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']),
})

const nodesOf = ({ calls, own }: Graph) => {
  const nodes = new Map<string, CodeNode>()
  extents.forEach((extent, index) => {
    const callees = (calls[index] ?? []).flatMap(callee => extents[callee] ?? [])
    nodes.set(extent.key, { extent, digest: own[index] ?? '', callees })
  })
  return (extent: CodeExtent): CodeNode | null => nodes.get(extent.key) ?? null
}

const meaningsOf = (one: Graph, order: readonly number[]): (string | null)[] => {
  const meanings = new Map<string, string | null>()
  for (const index of order) {
    const extent = extents[index]
    if (extent && !meanings.has(extent.key)) hashFrom(extent, nodesOf(one), meanings)
  }
  return keys.map(key => meanings.get(key) ?? null)
}

const reached = ({ calls }: Graph, from: number): Set<number> => {
  const found = new Set([from])
  for (const at of found) for (const callee of calls[at] ?? []) found.add(callee)
  return found
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7]

describe('what a function means, callees included', () => {
  test('it does not matter where one begins', () => {
    fc.assert(
      fc.property(graph, fc.shuffledSubarray(ALL, { minLength: 8 }), (one, order) => {
        expect(meaningsOf(one, order)).toEqual(meaningsOf(one, ALL))
      }),
    )
  })

  test('a changed function changes exactly those that reach it', () => {
    fc.assert(
      fc.property(graph, fc.nat(7), (one, changed) => {
        const other = { ...one, own: one.own.map((own, index) => (index === changed ? 'changed' : own)) }
        const [before, after] = [meaningsOf(one, ALL), meaningsOf(other, ALL)]
        expect(ALL.filter(index => before[index] !== after[index])).toEqual(ALL.filter(index => reached(one, index).has(changed)))
      }),
    )
  })

  test('what reaches an unknown function is unknown', () => {
    fc.assert(
      fc.property(graph, fc.nat(7), (one, lost) => {
        const nodeOf = nodesOf(one)
        const meanings = new Map<string, string | null>()
        for (const extent of extents)
          if (extent.key !== keys[lost] && !meanings.has(extent.key))
            hashFrom(extent, at => (at.key === keys[lost] ? null : nodeOf(at)), meanings)
        for (const index of ALL)
          if (index !== lost) expect((meanings.get(keys[index] ?? '') ?? null) === null).toBe(reached(one, index).has(lost))
      }),
    )
  })
})
