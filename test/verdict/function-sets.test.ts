import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange } from '../../shared/verdict/index.ts'
import { known, livepatch, stackOf } from './examples.ts'

const changes = (next: Manifest, running: readonly Manifest[]) =>
  judgeChange({ livepatch: next, cohorts: [{ stack: stackOf(running), hosts: 1 }], known: known(...running) }).cohorts[0]?.functions

const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'))
const patching = (name: string, functions: readonly string[], replace: boolean): Manifest =>
  livepatch({ name, version: name.slice(1), on: { vmlinux: { functions } }, replace })

describe('what a load changes of the functions', () => {
  test('is the difference of sets', () => {
    fc.assert(
      fc.property(some, some, some, fc.boolean(), (first, second, third, replace) => {
        const running = [patching('p1', first, true), patching('p2', second, false)]
        const before = new Set([...first, ...second])
        const found = changes(patching('p3', third, replace), running)
        const of = (names: readonly string[]): readonly string[] => names.map(name => `vmlinux:${name}`).toSorted()
        expect(found?.added.toSorted()).toEqual(of(third.filter(name => !before.has(name))))
        expect(found?.reverted.toSorted()).toEqual(of(replace ? [...before].filter(name => !third.includes(name)) : []))
        expect(found?.kept.toSorted()).toEqual(of(replace ? [...before].filter(name => third.includes(name)) : [...before]))
      }),
      { numRuns: 200 },
    )
  })

  test('takes the positions 0 and 1 of a name for the same function, and 2 for another', () => {
    const at = (name: string, sympos: string): Manifest => ({
      ...livepatch({ name, version: name.slice(1) }),
      objects: [{ name: null, functions: [{ name: 'f', sympos }], callbacks: {} }],
    })
    expect(changes(at('p2', '0'), [at('p1', '1')])).toEqual({ kept: ['vmlinux:f'], added: [], reverted: [] })
    expect(changes(at('p2', '2'), [at('p1', '0')])).toEqual({ kept: [], added: ['vmlinux:f,2'], reverted: ['vmlinux:f'] })
  })
})
