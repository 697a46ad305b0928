import type { Key } from './key.ts'
import type { Terrain } from './terrain.ts'

/**
 * The size of one klp_object and of one klp_func. The kernel's configuration changes them (a kobject grows with debugging, vendors add
 * fields), the fields in front stay; so the sizes are solved from the bytes. Two sizes are right when from every klp_patch every array
 * ends in its terminator, no two arrays claim one record, no record holds a pointer behind its front fields (the kernel's own fields are
 * zero in the file), and as few as possible (string, code) pairs in the module are left over.
 */
export type Strides = {
  readonly object: number
  readonly function: number
  /** (string, code) pairs that no array claims. */
  readonly unclaimed: number
  /** Arrays whose symbol is longer than their records and one terminator. */
  readonly loose: number
}

/** Linux 4.15 and later on 64-bit CPUs, without debugging options (include/linux/livepatch.h). */
const PREFERRED_OBJECT_BYTES = 168
const PREFERRED_FUNCTION_BYTES = 152
const RANGE = { object: { min: 56, max: 512 }, function: { min: 32, max: 512 } }

const candidates = (preferred: number, { min, max }: { min: number; max: number }): readonly number[] => {
  const others = Array.from({ length: (max - min) / 8 + 1 }, (_, index) => min + index * 8).filter(size => size !== preferred)
  return [preferred, ...others]
}
export const OBJECT_STRIDES = candidates(PREFERRED_OBJECT_BYTES, RANGE.object)
export const FUNCTION_STRIDES = candidates(PREFERRED_FUNCTION_BYTES, RANGE.function)

/** An array is read against its symbol's size, where it has one: the size is a multiple of the stride, or the stride is wrong. */
type Walk = { claimed: number; loose: number }

/** Enough records for any real module many times over; a crafted one gets the best answer found until then. `claims` says for each pair of the
 * terrain which walk claimed it last. */
type Budget = { records: number; walks: number; readonly claims: Uint32Array }

export type Bounds = { recordsMax: number; objectsMax: number; functionsMax: number }

/** Solves both sizes for the klp_object arrays that begin at `roots`. Null: no two sizes fit. */
export const solveStrides = (terrain: Terrain, roots: readonly Key[], bounds: Bounds): Strides | null => {
  const budget: Budget = { records: bounds.recordsMax, walks: 0, claims: new Uint32Array(terrain.pairCount) }
  const solved = new Map<string, (Strides & { odd: number }) | null>()
  let best: (Strides & { odd: number }) | null = null
  for (const object of OBJECT_STRIDES) {
    const walked = walkObjects(terrain, roots, object, bounds.objectsMax, budget)
    if (!walked) continue
    const starts = [...walked.functions]
    const signature = starts.join(' ')
    if (!solved.has(signature)) solved.set(signature, solveFunctions(terrain, starts, bounds.functionsMax, budget))
    const functions = solved.get(signature)
    if (!functions) continue
    const found = { ...functions, object, odd: walked.odd, loose: functions.loose + walked.loose }
    if (!best || isBetter(found, best)) best = found
    if (isPerfect(best)) break
  }
  return best && { object: best.object, function: best.function, unclaimed: best.unclaimed, loose: best.loose }
}

type Score = { odd: number; unclaimed: number; loose: number }

const isPerfect = (score: Score): boolean => score.odd === 0 && score.unclaimed === 0 && score.loose === 0

/** Ties stay with the earlier candidate, and the preferred sizes come first. */
const isBetter = (a: Score, b: Score): boolean =>
  a.unclaimed - b.unclaimed < 0 || (a.unclaimed === b.unclaimed && a.odd + a.loose < b.odd + b.loose)

/**
 * A record shorter than mainline's would end in zeros that belong to its own tail, so a shorter stride counts only where it was seen: an
 * array with a second record, or a symbol of exactly that size.
 */
const isSeen = (stride: number, preferred: number, counts: readonly number[], exact: boolean): boolean =>
  stride >= preferred || exact || counts.some(count => count > 1)

const walkObjects = (terrain: Terrain, roots: readonly Key[], stride: number, objectsMax: number, budget: Budget) => {
  const owner = new Map<Key, Key>()
  const functions = new Set<Key>()
  const counts: number[] = []
  let [odd, loose, exact] = [0, 0, false]
  for (const root of new Set(roots)) {
    let count = 0
    for (let at = root; ; at += stride, count += 1) {
      const record = terrain.objectAt(at)
      budget.records -= 1
      if (record.gap < stride) return null
      if (record.kind === 'end') break
      if (record.kind === 'bad' || count >= objectsMax || owner.has(at) || budget.records < 0) return null
      owner.set(at, root)
      if (record.functions !== null) functions.add(record.functions)
      if (record.odd) odd += 1
    }
    const fit = fitsSymbol(terrain.symbolSize(root), count, stride)
    if (fit === 'no') return null
    if (fit === 'loosely') loose += 1
    if (fit === 'exactly') exact = true
    counts.push(count)
  }
  return isSeen(stride, PREFERRED_OBJECT_BYTES, counts, exact) ? { functions, odd, loose } : null
}

const solveFunctions = (
  terrain: Terrain,
  starts: readonly Key[],
  functionsMax: number,
  budget: Budget,
): (Strides & { odd: number }) | null => {
  let best: (Strides & { odd: number }) | null = null
  for (const stride of FUNCTION_STRIDES) {
    const walk = walkFunctions(terrain, starts, stride, functionsMax, budget)
    if (!walk) continue
    const found = { object: 0, function: stride, odd: 0, loose: walk.loose, unclaimed: terrain.pairCount - walk.claimed }
    if (!best || isBetter(found, best)) best = found
    if (isPerfect(best)) break
  }
  return best
}

const walkFunctions = (terrain: Terrain, starts: readonly Key[], stride: number, functionsMax: number, budget: Budget): Walk | null => {
  budget.walks += 1
  const { claims, walks } = budget
  let claimed = 0
  const counts: number[] = []
  let [loose, exact] = [0, false]
  for (const start of starts) {
    let count = 0
    for (let at = start; ; at += stride, count += 1) {
      const record = terrain.functionAt(at)
      budget.records -= 1
      if (record.gap < stride) return null
      if (record.kind === 'end') break
      const pair = terrain.pairAt(at)
      if (record.kind === 'bad' || claimed >= functionsMax || claims[pair] === walks || budget.records < 0) return null
      claims[pair] = walks
      claimed += 1
    }
    const fit = fitsSymbol(terrain.symbolSize(start), count, stride)
    if (fit === 'no') return null
    if (fit === 'loosely') loose += 1
    if (fit === 'exactly') exact = true
    counts.push(count)
  }
  return isSeen(stride, PREFERRED_FUNCTION_BYTES, counts, exact) ? { claimed, loose } : null
}

/** `struct klp_func funcs[8]` with three records is legal, so a longer symbol fits, loosely. */
const fitsSymbol = (symbolSize: number | null, count: number, stride: number): 'exactly' | 'loosely' | 'unknown' | 'no' => {
  if (symbolSize === null) return 'unknown'
  if (symbolSize === (count + 1) * stride) return 'exactly'
  return symbolSize % stride === 0 && symbolSize > count * stride ? 'loosely' : 'no'
}
