import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { type Comparable, comparableOf, compareLivepatches, type FunctionOf, functionName } from '../../shared/livepatch/index.ts'
import { built, example, given, read } from './module-files.ts'

const of = (name: string) => comparableOf(read(example(name)))
const vmlinux = (...names: string[]) => names.map(name => ({ object: null, name, sympos: '0' }))
const all = ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'].map(callback => ({ object: null, callback }))

describe('comparing two livepatches', () => {
  test('from 1 to 2 one function is kept, one added; four callbacks and a fix are gained', () => {
    expect(compareLivepatches(of('lp_proc_1'), of('lp_proc_2'))).toEqual({
      functions: { kept: vmlinux('cmdline_proc_show'), repatched: [], added: vmlinux('version_proc_show'), reverted: [] },
      callbacks: { gained: all, lost: [] },
      states: { gained: [], lost: [], changed: [] },
      fixes: { gained: ['CVE-0000-0002'], lost: [] },
    })
  })

  test('from 3 to 1 two functions go back to the original code, and callbacks, states and fixes are lost', () => {
    const { functions, callbacks, states, fixes } = compareLivepatches(of('lp_proc_3'), of('lp_proc_1'))
    expect(functions?.reverted).toEqual(vmlinux('version_proc_show', 'uptime_proc_show'))
    expect(callbacks?.lost).toEqual(all)
    expect(states?.lost).toEqual([
      { id: '1', version: 1 },
      { id: '2', version: 1 },
    ])
    expect(fixes.lost).toEqual(['CVE-0000-0002', 'CVE-0000-0003'])
  })

  test('the hotfix and 2 patch one function with the same code', () => {
    expect(compareLivepatches(of('lp_proc_hotfix'), of('lp_proc_2')).functions?.kept).toEqual(vmlinux('version_proc_show'))
  })

  test('two builds of one source are equal, whatever the record sizes', () => {
    const of = (name: string) => comparableOf(read(built(name)))
    expect(compareLivepatches(of('two_objects'), of('two_objects_debug')).functions).toMatchObject({
      kept: { length: 4 },
      repatched: [],
      added: [],
      reverted: [],
    })
  })

  test('without symbols the code of a function cannot be compared, and that is said', () => {
    const of = (name: string) => comparableOf(read(built(name)))
    expect(compareLivepatches(of('two_objects'), of('two_objects_stripped')).functions?.repatched).toEqual(
      expect.arrayContaining([{ object: 'vfat', name: 'vfat_function', sympos: '1', comparable: false }]),
    )
  })

  test('what is unknown on one side is unknown in the comparison', () => {
    expect(compareLivepatches(of('lp_proc_1'), comparableOf(read(given('lp_dynamic.ko'))))).toMatchObject({
      functions: null,
      callbacks: null,
      states: null,
    })
  })

  const comparable: fc.Arbitrary<Comparable> = fc.record({
    objects: fc.array(
      fc.record({
        name: fc.constantFrom(null, 'ext4', 'xfs'),
        functions: fc.array(
          fc.record({ name: fc.constantFrom('a', 'b', 'c'), sympos: fc.constantFrom('0', '1', '2'), code: fc.constantFrom('x', 'y') }),
          { maxLength: 4 },
        ),
        callbacks: fc.constantFrom({}, { pre_patch: 'f' }, { post_unpatch: null }),
      }),
      { maxLength: 3 },
    ),
    states: fc.array(fc.record({ id: fc.constantFrom('1', '2'), version: fc.nat(2) }), { maxLength: 2 }),
    fixes: fc.array(fc.constantFrom('f', 'g', 'h'), { maxLength: 3 }),
  })

  test('a livepatch compared with itself keeps everything and changes nothing', () => {
    fc.assert(
      fc.property(comparable, one => {
        const { functions, callbacks, states, fixes } = compareLivepatches(one, one)
        expect(
          [
            functions?.repatched,
            functions?.added,
            functions?.reverted,
            callbacks?.gained,
            callbacks?.lost,
            states?.gained,
            states?.changed,
            fixes.lost,
          ].flat(),
        ).toEqual([])
      }),
    )
  })

  test('there and back: what one way adds, the other reverts', () => {
    fc.assert(
      fc.property(comparable, comparable, (a, b) => {
        const [there, back] = [compareLivepatches(a, b), compareLivepatches(b, a)]
        const sorted = (items: readonly unknown[] | undefined) => items?.map(item => JSON.stringify(item)).sort()
        const names = (functions: readonly FunctionOf[] | undefined) => functions?.map(functionName).sort()
        expect(names(there.functions?.added)).toEqual(names(back.functions?.reverted))
        expect(names(there.functions?.kept)).toEqual(names(back.functions?.kept))
        expect(sorted(there.callbacks?.gained)).toEqual(sorted(back.callbacks?.lost))
        expect(sorted(there.fixes.gained)).toEqual(sorted(back.fixes.lost))
      }),
    )
  })
})
