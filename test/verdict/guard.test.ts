import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { history, type Judged } from './random-history.ts'

/** Every load of a cumulative livepatch that the kernel took, in the life of a random machine. */
const taken = (seed: number): readonly Judged[] => history(seed).filter(({ result, next }) => result === 'OK' && next.replace)

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })

describe('the guard, on random machines whose callbacks really change something', () => {
  test('what it calls safe leaves nothing behind', () => {
    fc.assert(
      fc.property(seeds, seed => {
        for (const { safe, left, next } of taken(seed)) if (safe) expect({ next: next.name, left }).toEqual({ next: next.name, left: [] })
      }),
      { numRuns: 1500 },
    )
  })

  test('foretells the answer of the kernel', () => {
    fc.assert(
      fc.property(seeds, seed => {
        for (const { verdict, result } of history(seed)) expect(verdict.cohorts[0]?.result).toBe(result)
      }),
      { numRuns: 300 },
    )
  })

  test('blocks whatever the kernel would refuse', () => {
    fc.assert(
      fc.property(seeds, seed => {
        for (const { verdict, result } of history(seed)) if (result !== 'OK') expect(verdict.outcome).toBe('block')
      }),
      { numRuns: 300 },
    )
  })

  test('what it blocks of the livepatches that run leaves something behind in most cases', () => {
    const blocked = Array.from({ length: 400 }, (_, seed) => taken(seed))
      .flat()
      .filter(({ safe }) => !safe)
    const real = blocked.filter(({ left }) => left.length > 0)
    expect(blocked.length).toBeGreaterThan(100)
    expect(real.length / blocked.length).toBeGreaterThan(0.6)
  })

  // Histories that once fooled the guard, by their seeds: effects on a driver that was gone, a livepatch replaced twice, and one that came back.
  test.each([1079, 1347, 3212, 3283, 4410, 5224, 7550, 20039])('is not fooled by history %i', seed => {
    for (const { safe, left } of taken(seed)) if (safe) expect(left).toEqual([])
  })
})
