import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Stack, stackDigest } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { admittedStacks, judgeChange, Verdict, verdictDigest } from '../../shared/verdict/index.ts'
import { hotfix, known, livepatch, one, RELEASE, three, two } from './examples.ts'

const onDriver = livepatch({ name: 'lp_d', version: '6', on: { driver: { functions: ['d'], callbacks: ['pre_patch', 'post_unpatch'] } } })
const catalog = known(onDriver)
const NAMES = [...catalog.keys(), 'stranger', 'driver', '__proto__', 'constructor']

const name = fc.constantFrom(...NAMES)
const digestOf = (entry: string): fc.Arbitrary<string | null> => fc.constantFrom(catalog.get(entry)?.digest ?? null, null, '0'.repeat(64))

/** What a host might report, whether or not a machine can be like that. */
const anyStack: fc.Arbitrary<Stack> = fc.record({
  kernelRelease: fc.constantFrom(RELEASE, RELEASE, '5.4.0', 'nonsense', '__proto__'),
  livepatches: fc.array(
    name.chain(entry => fc.record({ name: fc.constant(entry), digest: digestOf(entry), enabled: fc.boolean(), transition: fc.boolean() })),
    { maxLength: 4 },
  ),
  resident: fc.array(
    name.chain(entry => fc.record({ name: fc.constant(entry), digest: digestOf(entry), refcnt: fc.nat({ max: 2 }) })),
    { maxLength: 4 },
  ),
  targets: fc.array(name, { maxLength: 4 }),
  forced: fc.boolean(),
})

const anyCohorts = fc.array(
  fc.record({
    stack: anyStack,
    hosts: fc.nat({ max: 1000 }),
    replacedEarlier: fc.option(fc.array(name, { maxLength: 4 }), { nil: undefined }),
  }),
  {
    maxLength: 4,
  },
)
const anyLivepatch: fc.Arbitrary<Manifest> = fc.constantFrom(one, two, three, hotfix, onDriver)

describe('whatever hosts report', () => {
  test('there is a verdict that holds its own schema', () => {
    fc.assert(
      fc.property(anyLivepatch, anyCohorts, (next, cohorts) => {
        const verdict = judgeChange({ livepatch: next, cohorts, known: catalog })
        expect(Verdict.safeParse(JSON.parse(JSON.stringify(verdict))).success).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('the order in which cohorts come does not matter', () => {
    fc.assert(
      fc.property(anyLivepatch, anyCohorts, (next, cohorts) => {
        const forth = judgeChange({ livepatch: next, cohorts, known: catalog })
        const back = judgeChange({ livepatch: next, cohorts: cohorts.toReversed(), known: catalog })
        expect(verdictDigest(back)).toBe(verdictDigest(forth))
      }),
      { numRuns: 200 },
    )
  })

  test('a load that would not succeed is blocked, or its hosts are left out', () => {
    fc.assert(
      fc.property(anyLivepatch, anyCohorts, (next, cohorts) => {
        const verdict = judgeChange({ livepatch: next, cohorts, known: catalog })
        for (const { cohort, result, stack } of verdict.cohorts) {
          const blocked = verdict.findings.some(finding => finding.cohort === cohort && finding.severity === 'block')
          expect(stack.forced ? !admittedStacks(verdict).includes(cohort) : blocked || result === 'OK').toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('a host that does not look at tracing has the stack digest that it always had', () => {
  const stack = { kernelRelease: '6.1.0-50-amd64', livepatches: [], resident: [], targets: [], forced: false }
  expect(stackDigest(stack)).toBe('ae421df125be546f3c5c817a11e761a2d56254433029d875783ff310cfc5e0de')
  expect(stackDigest(Stack.parse(stack))).toBe(stackDigest(stack))
  expect(stackDigest({ ...stack, tracing: { ftraceEnabled: true, tracers: [] } })).not.toBe(stackDigest(stack))
})
