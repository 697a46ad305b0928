import { EMPTY_ROOT, type Hash, nodeHash } from './merkle-hash.ts'

/**
 * A Merkle tree log (RFC 6962 §2.1). `levels[k][i]` is the root of the complete subtree over the 2^k leaves from i·2^k on;
 * whatever else is asked is put together from these. Leaves are leaf hashes, in the order in which they were appended.
 */
export type MerkleTree = { readonly levels: readonly (readonly Hash[])[] }

export const merkleTree = (leaves: readonly Hash[]): MerkleTree => {
  const levels: Hash[][] = [[...leaves]]
  for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? []) {
    const level: Hash[] = []
    for (let index = 0; index + 1 < below.length; index += 2) level.push(nodeHash(below[index] ?? '', below[index + 1] ?? ''))
    levels.push(level)
  }
  return { levels }
}

export const treeSize = ({ levels }: MerkleTree): number => levels[0]?.length ?? 0

const demand = (condition: boolean, sentence: string): void => {
  if (!condition) throw new RangeError(`merkle tree: ${sentence}`)
}

/** The largest power of two below n, for n > 1: where RFC 6962 splits. */
const splitOf = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1)

/** The root over `size` leaves from `start` on, where `start` is where RFC 6962's splits come to lie. */
const rangeRoot = (tree: MerkleTree, start: number, size: number): Hash => {
  const level = Math.log2(size)
  if (Number.isInteger(level)) return tree.levels[level]?.[start / size] ?? ''
  const split = splitOf(size)
  return nodeHash(rangeRoot(tree, start, split), rangeRoot(tree, start + split, size - split))
}

/** The root over the first `size` leaves. Precondition: the tree has as many. */
export const merkleRoot = (tree: MerkleTree, size: number = treeSize(tree)): Hash => {
  demand(size >= 0 && size <= treeSize(tree), `it has ${treeSize(tree)} leaves, not ${size}`)
  return size === 0 ? EMPTY_ROOT : rangeRoot(tree, 0, size)
}

const pathOf = (tree: MerkleTree, index: number, start: number, size: number): readonly Hash[] => {
  if (size === 1) return []
  const split = splitOf(size)
  return index < split
    ? [...pathOf(tree, index, start, split), rangeRoot(tree, start + split, size - split)]
    : [...pathOf(tree, index - split, start + split, size - split), rangeRoot(tree, start, split)]
}

/** What proves that the tree's first `size` leaves hold leaf `index` (RFC 6962 §2.1.1). Precondition: index < size ≤ leaves. */
export const inclusionProof = (tree: MerkleTree, index: number, size: number = treeSize(tree)): readonly Hash[] => {
  demand(index >= 0 && index < size && size <= treeSize(tree), `there is no leaf ${index} among ${size}`)
  return pathOf(tree, index, 0, size)
}

const subproofOf = (tree: MerkleTree, old: number, start: number, size: number, whole: boolean): readonly Hash[] => {
  if (old === size) return whole ? [] : [rangeRoot(tree, start, size)]
  const split = splitOf(size)
  return old <= split
    ? [...subproofOf(tree, old, start, split, whole), rangeRoot(tree, start + split, size - split)]
    : [...subproofOf(tree, old - split, start + split, size - split, false), rangeRoot(tree, start, split)]
}

/** What proves that the first `size` leaves begin with the first `old` ones (RFC 6962 §2.1.2). Precondition: old ≤ size ≤ leaves. */
export const consistencyProof = (tree: MerkleTree, old: number, size: number = treeSize(tree)): readonly Hash[] => {
  demand(old >= 0 && old <= size && size <= treeSize(tree), `${size} leaves do not begin with ${old}`)
  return old === 0 ? [] : subproofOf(tree, old, 0, size, true)
}
