import { EMPTY_ROOT, type Hash, nodeHash } from './merkle-hash.ts'

const HASH = /^[0-9a-f]{64}$/
const areHashes = (values: readonly string[]): boolean => values.every(value => HASH.test(value))
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
/* Sizes exceed 32 bits in principle, so bits are taken with arithmetic. */
const half = (value: number): number => Math.floor(value / 2)
const isOdd = (value: number): boolean => value % 2 === 1

export type Inclusion = {
  readonly leaf: Hash
  readonly index: number
  readonly size: number
  readonly root: Hash
  readonly proof: readonly Hash[]
}

/** Whether the tree with this root and size holds this leaf at this place (RFC 9162 §2.1.3.2). False for whatever is malformed. */
export const verifyInclusion = ({ leaf, index, size, root, proof }: Inclusion): boolean => {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...proof])) return false
  let [place, last, computed] = [index, size - 1, leaf]
  for (const hash of proof) {
    if (last === 0) return false
    if (isOdd(place) || place === last) {
      computed = nodeHash(hash, computed)
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)]
    } else computed = nodeHash(computed, hash)
    place = half(place)
    last = half(last)
  }
  return last === 0 && computed === root
}

export type Consistency = {
  readonly old: { readonly size: number; readonly root: Hash }
  readonly size: number
  readonly root: Hash
  readonly proof: readonly Hash[]
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value))

const climb = (old: Consistency['old'], size: number, root: Hash, [first = '', ...rest]: readonly Hash[]): boolean => {
  let [place, last] = [old.size - 1, size - 1]
  while (isOdd(place)) [place, last] = [half(place), half(last)]
  let [before, now] = [first, first]
  for (const hash of rest) {
    if (last === 0) return false
    if (isOdd(place) || place === last) {
      before = nodeHash(hash, before)
      now = nodeHash(hash, now)
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)]
    } else now = nodeHash(now, hash)
    place = half(place)
    last = half(last)
  }
  return last === 0 && before === old.root && now === root
}

/** Whether the newer tree begins with the older one: nothing of it was edited or taken out (RFC 9162 §2.1.4.2). */
export const verifyConsistency = ({ old, size, root, proof }: Consistency): boolean => {
  if (!isCount(old.size) || !isCount(size) || old.size > size || !areHashes([old.root, root, ...proof])) return false
  if (old.size === 0) return proof.length === 0 && old.root === EMPTY_ROOT && (size > 0 || root === EMPTY_ROOT)
  if (old.size === size) return proof.length === 0 && old.root === root
  if (isPowerOfTwo(old.size)) return climb(old, size, root, [old.root, ...proof])
  return proof.length > 0 && climb(old, size, root, proof)
}
