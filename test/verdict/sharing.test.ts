import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { apply, imageOf, machineOf, type Stack } from '../../shared/kernel/index.ts'
import { CALLBACK_KINDS, type Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange } from '../../shared/verdict/index.ts'
import { livepatch, stackOf } from './examples.ts'

const DRIVERS = ['drv_a', 'drv_b', 'drv_c']

const object = fc.record({
  functions: fc.uniqueArray(fc.constantFrom('f', 'g', 'h'), { maxLength: 3 }),
  callbacks: fc.oneof(fc.constant([]), fc.subarray([...CALLBACK_KINDS])),
})

const patching = (name: string) =>
  fc
    .tuple(fc.boolean(), fc.dictionary(fc.constantFrom('vmlinux', ...DRIVERS), object, { noNullPrototype: true }))
    .map(([replace, on]) => livepatch({ name, version: name.slice(1), replace, on }))

const livepatches = fc.tuple(patching('p1'), patching('p2'), patching('p3'))
const drivers = fc.subarray(DRIVERS)

/** Every way in which the stacks of a fleet may differ: what runs, what is still in memory, which drivers are loaded. */
const stacks = ([first, second]: readonly [Manifest, Manifest, Manifest]): fc.Arbitrary<readonly Stack[]> =>
  fc.array(
    fc
      .tuple(fc.subarray([first, second]), fc.boolean(), drivers)
      .map(([running, rest, targets]) =>
        stackOf(running, { targets, resident: rest ? [first, second].filter(m => !running.includes(m)) : [] }),
      ),
    { minLength: 1, maxLength: 12 },
  )

const asked = livepatches.chain(three => fc.tuple(fc.constant(three), stacks(three)))

describe('what cohorts share', () => {
  test('changes nothing: judged together they are what each of them is alone', () => {
    fc.assert(
      fc.property(asked, ([three, different]) => {
        const known = new Map(three.map(each => [each.name, each]))
        const [, , next] = three
        const together = judgeChange({ livepatch: next, cohorts: different.map(stack => ({ stack, hosts: 1 })), known })
        for (const cohort of together.cohorts) {
          const alone = judgeChange({ livepatch: structuredClone(next), cohorts: [{ stack: cohort.stack, hosts: cohort.hosts }], known })
          expect(cohort).toEqual(alone.cohorts[0])
          expect(together.findings.filter(found => found.cohort === cohort.cohort)).toEqual(alone.findings.filter(found => found.cohort))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('changes nothing: each has the answer, lines and callbacks of the core with every function and driver', () => {
    fc.assert(
      fc.property(asked, ([three, different]) => {
        const [first, second, next] = three
        const known = new Map(three.map(each => [each.name, each]))
        const images = new Map([first, second].map(each => [each.name, imageOf(each)]))
        const { cohorts } = judgeChange({ livepatch: next, cohorts: different.map(stack => ({ stack, hosts: 1 })), known })
        for (const { stack, result, log, stackAfter, callbacks } of cohorts) {
          const seen = apply(machineOf(stack, images).machine, { op: 'load', module: imageOf(next) })
          expect({ result, log, stackAfter, run: callbacks.run }).toEqual({
            result: seen.result,
            log: seen.log,
            stackAfter: seen.machine.patches.map(({ name }) => name),
            run: seen.callbacks.map(run => `${run.livepatch}:${run.object ?? 'vmlinux'}:${run.callback}`),
          })
        }
      }),
      { numRuns: 100 },
    )
  })

  test.each([
    ['a function twice', ['f', 'f']],
    ['a name that is too long', ['f'.repeat(600)]],
  ])('changes nothing: a livepatch with %s is still refused', (_, functions) => {
    const next = livepatch({ name: 'p3', version: '3', on: { vmlinux: { functions } } })
    const running = livepatch({ name: 'p1', version: '1', on: { vmlinux: { functions: ['f'] } } })
    const { cohorts } = judgeChange({
      livepatch: next,
      cohorts: [{ stack: stackOf([running]), hosts: 1 }],
      known: new Map([['p1', running]]),
    })
    expect(cohorts[0]?.result).toMatch(/^E(INVAL|EXIST)$/)
  })
})
