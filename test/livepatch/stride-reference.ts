import * as fc from 'fast-check'
import { keyOf } from '../../shared/livepatch/patch/key.ts'
import type { Terrain } from '../../shared/livepatch/patch/terrain.ts'

/**
 * A module reduced to what matters for record sizes: one data section, and what its relocations point to. Beside it stands the plain search:
 * every pair of sizes, every array walked from its beginning, nothing remembered.
 */
export type Pointer = 'string' | 'code' | 'other' | { to: number }
export type Module = {
  size: number
  pointers: ReadonlyMap<number, Pointer>
  symbols: ReadonlyMap<number, number>
  roots: readonly number[]
  functionCounts: readonly number[]
  strayPairs: number
  truth: { object: number; function: number }
}

const SECTION = 1
const blank = (module: Module, from: number, to: number): boolean => [...module.pointers.keys()].every(at => at < from || at >= to)
const isPair = (module: Module, at: number): boolean =>
  module.pointers.get(at) === 'string' && module.pointers.get(at + 8) === 'code' && at + 24 <= module.size
const gapFrom = (module: Module, at: number, from: number): number =>
  Math.min(Number.POSITIVE_INFINITY, ...[...module.pointers.keys()].filter(place => place >= at + from).map(place => place - at))

type Kind = 'record' | 'end' | 'bad'
const functionKind = (module: Module, at: number): Kind => {
  if (at + 24 > module.size) return 'bad'
  if (isPair(module, at)) return 'record'
  return blank(module, at, at + 24) ? 'end' : 'bad'
}

const objectKind = (module: Module, at: number): Kind => {
  if (at + 16 > module.size) return 'bad'
  const [name, functions] = [module.pointers.get(at), module.pointers.get(at + 8)]
  if (name === undefined && functions === undefined) return 'end'
  if (name !== undefined && name !== 'string') return 'bad'
  return typeof functions === 'object' ? 'record' : 'bad'
}

const startOf = (module: Module, at: number): number => {
  const pointer = module.pointers.get(at + 8)
  return typeof pointer === 'object' ? pointer.to : -1
}

export const terrainOfModule = (module: Module): Terrain => {
  const offset = (at: number): number => at - keyOf(SECTION, 0)
  const pairs = [...module.pointers.keys()].filter(at => isPair(module, at))
  return {
    objectAt: key => {
      const [at, kind] = [offset(key), objectKind(module, offset(key))]
      if (kind === 'record') return { kind, functions: keyOf(SECTION, startOf(module, at)), odd: false, gap: gapFrom(module, at, 64) }
      return kind === 'end' ? { kind, gap: gapFrom(module, at, 0) } : { kind, gap: Number.POSITIVE_INFINITY }
    },
    functionAt: key => {
      const [at, kind] = [offset(key), functionKind(module, offset(key))]
      if (kind === 'bad') return { kind, gap: Number.POSITIVE_INFINITY }
      return { kind, gap: gapFrom(module, at, kind === 'record' ? 24 : 0) }
    },
    symbolSize: key => module.symbols.get(offset(key)) ?? null,
    pairCount: pairs.length,
    pairAt: key => pairs.indexOf(offset(key)),
  }
}

type Walked = { places: number[]; gapOk: boolean } | null

const walk = (module: Module, start: number, stride: number, kindAt: (module: Module, at: number) => Kind, filled: number): Walked => {
  const places: number[] = []
  for (let at = start; ; at += stride) {
    const kind = kindAt(module, at)
    if (kind === 'bad' || gapFrom(module, at, kind === 'end' ? 0 : filled) < stride) return null
    if (kind === 'end') return { places, gapOk: true }
    places.push(at)
  }
}

const symbolFit = (module: Module, start: number, count: number, stride: number): number | null => {
  const size = module.symbols.get(start)
  if (size === undefined) return 0
  if (size === (count + 1) * stride) return 0
  return size % stride === 0 && size > count * stride ? 1 : null
}

const seen = (module: Module, starts: readonly number[], counts: readonly number[], stride: number, usual: number): boolean =>
  stride >= usual ||
  counts.some(count => count > 1) ||
  starts.some((start, index) => module.symbols.get(start) === ((counts[index] ?? 0) + 1) * stride)

/** One side of the search: all arrays of one kind with one size; null where they do not fit. */
const arraysFit = (
  module: Module,
  starts: readonly number[],
  stride: number,
  kindAt: typeof functionKind,
  filled: number,
  usual: number,
): { places: number[]; loose: number } | null => {
  const walks = starts.map(start => walk(module, start, stride, kindAt, filled))
  const places: number[] = []
  let loose = 0
  for (const [index, one] of walks.entries()) {
    if (!one) return null
    const symbol = symbolFit(module, starts[index] ?? 0, one.places.length, stride)
    if (symbol === null) return null
    loose += symbol
    places.push(...one.places)
  }
  if (new Set(places).size !== places.length) return null
  const counts = walks.map(one => one?.places.length ?? 0)
  return seen(module, starts, counts, stride, usual) ? { places, loose } : null
}

const sizes = (usual: number, min: number): number[] => [
  usual,
  ...Array.from({ length: (512 - min) / 8 + 1 }, (_, index) => min + index * 8).filter(size => size !== usual),
]

/** Among all pairs that fit: the fewest unclaimed pairs, then the fewest loose arrays, then the usual sizes, then the order of sizes. */
export const naiveStrides = (module: Module): [number, number] | null => {
  const pairs = [...module.pointers.keys()].filter(at => isPair(module, at)).length
  let best: { strides: [number, number]; unclaimed: number; loose: number } | null = null
  for (const object of sizes(168, 56)) {
    const objects = arraysFit(module, [...new Set(module.roots)], object, objectKind, 64, 168)
    if (!objects) continue
    const starts = [...new Set(objects.places.map(at => startOf(module, at)))]
    for (const size of sizes(152, 32)) {
      const functions = arraysFit(module, starts, size, functionKind, 24, 152)
      if (!functions) continue
      const found = {
        strides: [object, size] as [number, number],
        unclaimed: pairs - functions.places.length,
        loose: objects.loose + functions.loose,
      }
      if (!best || found.unclaimed < best.unclaimed || (found.unclaimed === best.unclaimed && found.loose < best.loose)) best = found
    }
  }
  return best?.strides ?? null
}

type Plan = {
  object: number
  function: number
  patches: { counts: number[]; named: boolean[] }[]
  shuffle: number
  gap: number
  symbols: boolean
  stray: boolean
}

const plan: fc.Arbitrary<Plan> = fc.record({
  object: fc.constantFrom(168, 184, 176, 256, 336),
  function: fc.constantFrom(152, 160, 240, 168, 320),
  patches: fc.array(
    fc.record({
      counts: fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
      named: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  shuffle: fc.nat(1000),
  gap: fc.constantFrom(0, 8, 16, 24),
  symbols: fc.boolean(),
  stray: fc.boolean(),
})

/** Lays the arrays out back to back, or with the gaps that alignment leaves, in an order that the plan chooses. */
const layOut = ({ object, function: size, patches, shuffle, gap, symbols, stray }: Plan): Module => {
  const pointers = new Map<number, Pointer>()
  const symbolSizes = new Map<number, number>()
  const arrays = patches.flatMap(({ counts }, patch) => [
    { patch, index: -1, bytes: (counts.length + 1) * object },
    ...counts.map((count, index) => ({ patch, index, bytes: (count + 1) * size })),
  ])
  const turned = [...arrays.slice(shuffle % arrays.length), ...arrays.slice(0, shuffle % arrays.length)]
  const places = new Map<string, number>()
  let end = 0
  for (const { patch, index, bytes } of turned) {
    places.set(`${patch} ${index}`, end)
    if (symbols) symbolSizes.set(end, bytes)
    end += bytes + gap
  }
  patches.forEach(({ counts, named }, patch) => {
    counts.forEach((count, index) => {
      const at = (places.get(`${patch} -1`) ?? 0) + index * object
      const start = places.get(`${patch} ${index}`) ?? 0
      if (named[index]) pointers.set(at, 'string')
      pointers.set(at + 8, { to: start })
      for (let record = 0; record < count; record += 1) {
        pointers.set(start + record * size, 'string')
        pointers.set(start + record * size + 8, 'code')
      }
    })
  })
  if (stray) {
    pointers.set(end, 'string')
    pointers.set(end + 8, 'code')
    end += 24
  }
  return {
    size: end,
    pointers,
    symbols: symbolSizes,
    roots: patches.map((_, patch) => places.get(`${patch} -1`) ?? 0),
    functionCounts: patches.flatMap(({ counts }) => counts),
    strayPairs: stray ? 1 : 0,
    truth: { object, function: size },
  }
}

export const moduleArbitrary: fc.Arbitrary<Module> = plan.map(layOut)
