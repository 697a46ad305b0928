import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type Consistency,
  consistencyProof,
  EMPTY_ROOT,
  type Inclusion,
  inclusionProof,
  leafHash,
  merkleRoot,
  merkleTree,
  verifyConsistency,
  verifyInclusion,
} from '../../shared/history/index.ts'
import { slowPath, slowRoot, slowSubproof } from './merkle-reference.ts'

const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)))
const other = leafHash(Buffer.from('another'))

describe('the tree of the Certificate Transparency test vectors', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]
  const tree = merkleTree(inputs.map(input => leafHash(Buffer.from(input, 'hex'))))
  test.each(roots.map((root, size) => [size, root] as const))('over %i leaves has the root %s', (size, root) => {
    expect(merkleRoot(tree, size)).toBe(root)
  })
})

describe('every tree up to 40 leaves', () => {
  const leaves = leavesOf(40)
  const tree = merkleTree(leaves)
  const sizes = Array.from({ length: 41 }, (_, size) => size)

  test('has the root, the paths and the consistency proofs that the RFC spells out', () => {
    for (const size of sizes) {
      const some = leaves.slice(0, size)
      expect(merkleRoot(tree, size)).toBe(slowRoot(some))
      for (let index = 0; index < size; index += 1) expect(inclusionProof(tree, index, size)).toEqual(slowPath(index, some))
      for (let old = 1; old <= size; old += 1) expect(consistencyProof(tree, old, size)).toEqual(slowSubproof(old, some))
    }
  })
  test('proves every leaf in every size, and every size in every later one', () => {
    for (const size of sizes) {
      const root = merkleRoot(tree, size)
      for (let index = 0; index < size; index += 1)
        expect(verifyInclusion({ leaf: leaves[index] ?? '', index, size, root, proof: inclusionProof(tree, index, size) })).toBe(true)
      for (let old = 0; old <= size; old += 1)
        expect(
          verifyConsistency({ old: { size: old, root: merkleRoot(tree, old) }, size, root, proof: consistencyProof(tree, old, size) }),
        ).toBe(true)
    }
  })
})

const size = fc.integer({ min: 1, max: 70 })
const inclusion = fc.tuple(size, fc.nat()).map(([count, pick]): Inclusion => {
  const tree = merkleTree(leavesOf(count))
  const index = pick % count
  return { leaf: leavesOf(count)[index] ?? '', index, size: count, root: merkleRoot(tree), proof: inclusionProof(tree, index) }
})
const consistency = fc.tuple(size, fc.nat()).map(([count, pick]): Consistency => {
  const tree = merkleTree(leavesOf(count))
  const old = 1 + (pick % count)
  return { old: { size: old, root: merkleRoot(tree, old) }, size: count, root: merkleRoot(tree), proof: consistencyProof(tree, old) }
})
const holdsFor = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T, pick: number) => void) =>
  fc.assert(fc.property(arbitrary, fc.nat(), law), { numRuns: 200 })

describe('a proof that lies is found out', () => {
  test.each<[string, (one: Inclusion, pick: number) => Inclusion]>([
    ['another leaf', one => ({ ...one, leaf: other })],
    ['another root', one => ({ ...one, root: other })],
    ['a hash more', one => ({ ...one, proof: [...one.proof, other] })],
    ['a hash more in front', one => ({ ...one, proof: [other, ...one.proof] })],
    ['a place outside', one => ({ ...one, index: one.size })],
    ['a place before the first', one => ({ ...one, index: -1 })],
    ['a place between two', one => ({ ...one, index: one.index + 0.5 })],
    ['no tree', one => ({ ...one, size: 0 })],
    ['a root passed off as a leaf', one => ({ ...one, leaf: one.root, size: 2, index: 0 })],
    ['what is no hash', one => ({ ...one, leaf: one.leaf.toUpperCase() })],
    ['half a hash', one => ({ ...one, root: one.root.slice(0, 32) })],
  ])('inclusion with %s', (_, lie) => {
    holdsFor(inclusion, (one, pick) => expect(verifyInclusion(lie(one, pick))).toBe(false))
  })
  test('inclusion with a hash replaced or left out', () => {
    holdsFor(
      inclusion.filter(({ proof }) => proof.length > 0),
      (one, pick) => {
        const at = pick % one.proof.length
        expect(verifyInclusion({ ...one, proof: one.proof.with(at, other) })).toBe(false)
        expect(verifyInclusion({ ...one, proof: one.proof.toSpliced(at, 1) })).toBe(false)
      },
    )
  })
  test('inclusion at another place', () => {
    holdsFor(inclusion, (one, pick) => {
      const index = pick % one.size
      expect(verifyInclusion({ ...one, index })).toBe(index === one.index)
    })
  })

  test.each<[string, (one: Consistency) => Consistency]>([
    ['another old root', one => ({ ...one, old: { ...one.old, root: other } })],
    ['another new root', one => ({ ...one, root: other })],
    ['a hash more', one => ({ ...one, proof: [...one.proof, other] })],
    ['an older tree that is larger', one => ({ ...one, old: { ...one.old, size: one.size + 1 } })],
    ['half a size', one => ({ ...one, size: one.size + 0.5 })],
    ['what is no hash', one => ({ ...one, proof: [...one.proof, 'x'] })],
  ])('consistency with %s', (_, lie) => {
    holdsFor(consistency, one => expect(verifyConsistency(lie(one))).toBe(false))
  })
  test('consistency with a hash replaced or left out', () => {
    holdsFor(
      consistency.filter(({ proof }) => proof.length > 0),
      (one, pick) => {
        const at = pick % one.proof.length
        expect(verifyConsistency({ ...one, proof: one.proof.with(at, other) })).toBe(false)
        expect(verifyConsistency({ ...one, proof: one.proof.toSpliced(at, 1) })).toBe(false)
      },
    )
  })
  test('consistency with a history of which one leaf was edited', () => {
    holdsFor(consistency, (one, pick) => {
      const forged = merkleTree(leavesOf(one.size).with(pick % one.old.size, other))
      const proof = one.old.size === one.size ? [] : consistencyProof(forged, one.old.size)
      expect(verifyConsistency({ ...one, root: merkleRoot(forged), proof })).toBe(false)
    })
  })
  test('consistency of nothing with a made-up root', () => {
    expect(verifyConsistency({ old: { size: 0, root: other }, size: 3, root: other, proof: [] })).toBe(false)
    expect(verifyConsistency({ old: { size: 0, root: EMPTY_ROOT }, size: 0, root: other, proof: [] })).toBe(false)
  })
})

test('what is not there cannot be asked for', () => {
  const tree = merkleTree(leavesOf(3))
  for (const ask of [
    () => merkleRoot(tree, 4),
    () => inclusionProof(tree, 3),
    () => inclusionProof(tree, -1),
    () => consistencyProof(tree, 4),
  ])
    expect(ask).toThrow(RangeError)
})
