import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { keyOf } from '../../shared/livepatch/patch/key.ts'
import { solveStrides } from '../../shared/livepatch/patch/solve-strides.ts'
import { type Module, moduleArbitrary, naiveStrides, type Pointer, terrainOfModule } from './stride-reference.ts'

const BOUNDS = { recordsMax: 1_000_000, objectsMax: 1000, functionsMax: 1000 }
const solve = (module: Module) =>
  solveStrides(
    terrainOfModule(module),
    module.roots.map(root => keyOf(1, root)),
    BOUNDS,
  )

describe('solving the record sizes', () => {
  test('the fast search and the plain one agree', () => {
    fc.assert(
      fc.property(moduleArbitrary, module => {
        const fast = solve(module)
        expect(fast && [fast.object, fast.function]).toEqual(naiveStrides(module))
      }),
      { numRuns: 150 },
    )
  })

  test('where symbols give the sizes of the arrays, the true sizes are found', () => {
    fc.assert(
      fc.property(moduleArbitrary, module => {
        fc.pre(module.symbols.size > 0 && module.functionCounts.some(count => count > 0))
        const found = solve(module)
        expect(found?.unclaimed).toBe(module.strayPairs)
        expect(readBack(module, found)).toEqual(module.functionCounts)
      }),
      { numRuns: 150 },
    )
  })

  test('one array with a terminator beyond its section has no size', () => {
    const pointers: Module['pointers'] = new Map<number, Pointer>([
      [8, { to: 400 }],
      [400, 'string'],
      [408, 'code'],
    ])
    expect(solve({ ...EMPTY, roots: [0], pointers, size: 400 + 160, functionCounts: [1] })).toBeNull()
  })
})

const EMPTY = { symbols: new Map<number, number>(), strayPairs: 0, truth: { object: 168, function: 152 } }

/** How many functions each object's array has when it is walked with the sizes that were found. */
const readBack = (module: Module, found: { object: number; function: number } | null): number[] => {
  if (!found) return []
  const terrain = terrainOfModule(module)
  const counts: number[] = []
  for (const root of module.roots)
    for (let at = keyOf(1, root); terrain.objectAt(at).kind === 'record'; at += found.object) {
      const record = terrain.objectAt(at)
      const start = record.kind === 'record' ? record.functions : null
      let count = 0
      while (start !== null && terrain.functionAt(start + count * found.function).kind === 'record') count += 1
      counts.push(count)
    }
  return counts
}
