import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Manifest } from '../../shared/livepatch/index.ts'
import type { Bridge, Verdict } from '../../shared/verdict/index.ts'
import { livepatch } from './examples.ts'
import { byDisabling, history, type Judged, judged } from './random-history.ts'

/** Every load of a cumulative livepatch that the kernel took, in the life of a random machine. */
const taken = (seed: number): readonly Judged[] => history(seed).filter(({ result, next }) => result === 'OK' && next.replace)

const isBridge = (value: unknown): value is Bridge => typeof value === 'object' && value !== null && 'passesOn' in value

/** The bridge of a blocked change, as if it had been built. */
const bridgeIn = (verdict: Verdict): Manifest | null => {
  const bridge = verdict.findings.find(({ code }) => code === 'missing-callback')?.evidence['bridge']
  if (!isBridge(bridge)) return null
  const { passesOn: _, objects, adopts, ...fields } = bridge
  return { ...livepatch(fields), objects, adopts }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })

/** Always the same lives here; measure-guard.ts looks at other ones. */
const SEED = 20_261_123

/** Runs over random lives; what the check returns for any of them is a failure. */
const never = (runs: number, check: (seed: number) => readonly unknown[]): void =>
  fc.assert(
    fc.property(seeds, seed => {
      const found = check(seed)
      if (found.length > 0) throw new Error(JSON.stringify(found[0]))
    }),
    { numRuns: runs, seed: SEED },
  )

const leftThoughSafe = (seed: number): readonly unknown[] =>
  taken(seed).flatMap(({ safe, left, next }) => (safe && left.length > 0 ? [{ next: next.name, left }] : []))

/** The way over the bridge of a blocked load: what it leaves, or why it is not open. */
const acrossBridge = ({ before, next, known, verdict }: Judged): readonly unknown[] => {
  const bridge = bridgeIn(verdict)
  if (!bridge) return []
  const withBridge = new Map(known).set(bridge.name, bridge)
  const there = judged(before, bridge, withBridge)
  const further = judged(there.after, next, withBridge)
  return [there, further]
    .filter(({ result, safe, left }) => result !== 'OK' || !safe || left.length > 0)
    .map(({ result, safe, left }) => ({ result, safe, left }))
}

/** Loads that the route disable-then-load is proved for, and what it then leaves. */
const proved = (seed: number) => history(seed).flatMap(load => byDisabling(load) ?? [])

describe('the route disable-then-load, on the same machines', () => {
  test('goes through as it was proved, and leaves nothing behind', () =>
    never(400, seed => proved(seed).filter(({ result, left }) => result !== 'OK' || left.length > 0)))

  test('opens a way where replace is blocked', () => {
    const blocked = Array.from({ length: 60 }, (_, seed) => taken(seed))
      .flat()
      .filter(({ safe }) => !safe)
    const opened = blocked.filter(load => byDisabling(load) !== null)
    expect(blocked.length).toBeGreaterThan(30)
    expect(opened.length / blocked.length).toBeGreaterThan(0.2)
  })
})

describe('the guard, on random machines whose callbacks really change something', () => {
  test('what it calls safe leaves nothing behind', () => never(800, leftThoughSafe))

  test('foretells the answer of the kernel', () =>
    never(150, seed => history(seed).filter(({ verdict, result }) => verdict.cohorts[0]?.result !== result)))

  test('blocks whatever the kernel would refuse', () =>
    never(150, seed => history(seed).filter(({ verdict, result }) => result !== 'OK' && verdict.outcome !== 'block')))

  test('what it blocks leaves something behind in most cases', () => {
    const blocked = Array.from({ length: 200 }, (_, seed) => taken(seed))
      .flat()
      .filter(({ safe }) => !safe)
    const real = blocked.filter(({ left }) => left.length > 0)
    expect(blocked.length).toBeGreaterThan(100)
    expect(real.length / blocked.length).toBeGreaterThan(0.6)
  })

  test('closes by its bridge whatever it blocks: neither the way to the bridge nor the way on leaves anything', () =>
    never(200, seed => taken(seed).flatMap(acrossBridge)))

  // Histories that once fooled the guard: effects on a driver that was gone, a livepatch replaced twice, one that came back, its bridge.
  test.each([1079, 1347, 3212, 3283, 4410, 5224, 7550, 20039, 1013195])('is not fooled by history %i', seed => {
    expect(leftThoughSafe(seed)).toEqual([])
  })

  test.each([65, 1325236118, 1437259260])('bridges history %i', seed => {
    const blocked = taken(seed)
    expect(blocked.some(({ verdict }) => bridgeIn(verdict))).toBe(true)
    expect(blocked.flatMap(acrossBridge)).toEqual([])
  })
})
