import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareLivepatches, functionName, type Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange } from '../../shared/verdict/index.ts'
import { fromFile, known, livepatch, stackOf } from './examples.ts'

const changes = (next: Manifest, running: readonly Manifest[]) =>
  judgeChange({ livepatch: next, cohorts: [{ stack: stackOf(running), hosts: 1 }], known: known(...running) }).cohorts[0]?.functions

/** Functions by name with the code that is patched in; null: not known. */
type Patched = Readonly<Record<string, string | null>>

const some: fc.Arbitrary<Patched> = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.constantFrom('x', 'y', null))
const patching = (name: string, patched: Patched, replace: boolean): Manifest => ({
  ...livepatch({ name, version: name.slice(1), replace }),
  objects: [
    {
      name: null,
      functions: Object.entries(patched).map(([func, code]) => ({ name: func, sympos: '0', ...(code === null ? {} : { code }) })),
      callbacks: {},
    },
  ],
})

describe('what a load changes of the functions', () => {
  test('is the difference of sets, and of what both patch, whether the code that runs is the same', () => {
    fc.assert(
      fc.property(some, some, some, fc.boolean(), (first, second, third, replace) => {
        const found = changes(patching('p3', third, replace), [patching('p1', first, true), patching('p2', second, false)])
        const before: Patched = { ...first, ...second }
        const of = (from: Patched, which: (name: string) => boolean): readonly string[] =>
          Object.keys(from)
            .filter(which)
            .map(name => `vmlinux:${name}`)
            .toSorted()
        const isPatched = (name: string): boolean => name in before
        const same = (name: string): boolean => third[name] !== null && before[name] === third[name]
        const unknown = (name: string): boolean => third[name] === null || before[name] === null
        const gone = of(before, name => !(name in third))
        expect(found?.added.toSorted()).toEqual(of(third, name => !isPatched(name)))
        expect(found?.rePatched?.toSorted()).toEqual(of(third, name => isPatched(name) && !same(name)))
        expect(found?.codeUnknown?.toSorted()).toEqual(of(third, name => isPatched(name) && unknown(name)))
        expect(found?.reverted.toSorted()).toEqual(replace ? gone : [])
        expect(found?.kept.toSorted()).toEqual([...of(third, name => isPatched(name) && same(name)), ...(replace ? [] : gone)].toSorted())
      }),
      { numRuns: 300 },
    )
  })

  test('takes the positions 0 and 1 of a name for the same function, and 2 for another', () => {
    const at = (name: string, sympos: string): Manifest => ({
      ...livepatch({ name, version: name.slice(1) }),
      objects: [{ name: null, functions: [{ name: 'f', sympos, code: 'x' }], callbacks: {} }],
    })
    const unchanged = { kept: [], rePatched: [], codeUnknown: [], added: [], reverted: [] }
    expect(changes(at('p2', '0'), [at('p1', '1')])).toEqual({ ...unchanged, kept: ['vmlinux:f'] })
    expect(changes(at('p2', '2'), [at('p1', '0')])).toEqual({ ...unchanged, added: ['vmlinux:f,2'], reverted: ['vmlinux:f'] })
  })

  test('is what a comparison of the two files says', () => {
    const [from, to] = [fromFile('examples/livepatches/lp_proc_1.ko'), fromFile('examples/livepatches/lp_proc_2.ko')]
    const { functions } = compareLivepatches(from, to)
    const found = judgeChange({
      livepatch: to,
      cohorts: [{ stack: { ...stackOf([from]), kernelRelease: to.kernelRelease }, hosts: 1 }],
      known: known(from),
    })
    expect(found.cohorts[0]?.functions).toEqual({
      kept: functions?.kept.map(functionName),
      rePatched: functions?.repatched.map(functionName),
      codeUnknown: [],
      added: functions?.added.map(functionName),
      reverted: functions?.reverted.map(functionName),
    })
  })
})
