import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { type CodeNode, codeNode } from '../../shared/livepatch/patch/code-node.ts'
import { hashFrom } from '../../shared/livepatch/patch/hash-from.ts'

const SECTION = { index: 1, name: '.text', type: 1, flags: 6, offset: 0, size: 100, link: 0, info: 0, entrySize: 0 }
/** Which functions call which, and what each does itself. */
type Graph = { calls: readonly (readonly number[])[]; own: readonly string[] }

const graph: fc.Arbitrary<Graph> = fc.record({
  calls: fc.array(fc.uniqueArray(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 }),
  own: fc.constant(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']),
})

const ALL = [0, 1, 2, 3, 4, 5, 6, 7]

/** What each function means when they are asked for in that order; nobody can look at the code of those that are `lost`. */
const meaningsOf = ({ calls, own }: Graph, order: readonly number[], lost: readonly number[] = []): (string | null)[] => {
  const nodes = ALL.map(index => codeNode(SECTION, index, index + 1))
  const look = (node: CodeNode): boolean => {
    if (lost.includes(node.start)) return false
    node.digest = own[node.start] ?? ''
    node.callees = (calls[node.start] ?? []).flatMap(callee => nodes[callee] ?? [])
    return true
  }
  for (const index of order) {
    const node = nodes[index]
    if (node && node.meaning === undefined) hashFrom(node, look)
  }
  return nodes.map(({ meaning }) => meaning ?? null)
}

const reached = ({ calls }: Graph, from: number): Set<number> => {
  const found = new Set([from])
  for (const at of found) for (const callee of calls[at] ?? []) found.add(callee)
  return found
}

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
        const meanings = meaningsOf(one, ALL, [lost])
        for (const index of ALL) expect(meanings[index] === null).toBe(reached(one, index).has(lost))
      }),
    )
  })
})
