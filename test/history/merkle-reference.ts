import { EMPTY_ROOT, type Hash, nodeHash } from '../../shared/history/index.ts'

/** RFC 6962 §2.1 word for word, slowly: D[n] is the list, k the largest power of two below n. */
const splitOf = (n: number): number => {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

export const slowRoot = (leaves: readonly Hash[]): Hash => {
  const [only] = leaves
  if (only === undefined) return EMPTY_ROOT
  if (leaves.length === 1) return only
  const k = splitOf(leaves.length)
  return nodeHash(slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k)))
}

/** PATH(m, D[n]) */
export const slowPath = (m: number, leaves: readonly Hash[]): readonly Hash[] => {
  if (leaves.length === 1) return []
  const k = splitOf(leaves.length)
  return m < k
    ? [...slowPath(m, leaves.slice(0, k)), slowRoot(leaves.slice(k))]
    : [...slowPath(m - k, leaves.slice(k)), slowRoot(leaves.slice(0, k))]
}

/** SUBPROOF(m, D[n], b); PROOF(m, D[n]) is SUBPROOF(m, D[n], true). */
export const slowSubproof = (m: number, leaves: readonly Hash[], b = true): readonly Hash[] => {
  if (m === leaves.length) return b ? [] : [slowRoot(leaves)]
  const k = splitOf(leaves.length)
  return m <= k
    ? [...slowSubproof(m, leaves.slice(0, k), b), slowRoot(leaves.slice(k))]
    : [...slowSubproof(m - k, leaves.slice(k), false), slowRoot(leaves.slice(0, k))]
}
