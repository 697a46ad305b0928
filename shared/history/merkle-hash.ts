import { createHash } from 'node:crypto'

/** 32 bytes in lower-case hex. */
export type Hash = string

/** RFC 6962 §2.1: leaves and nodes are hashed under different prefixes, so that no node can be passed off as a leaf. */
const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])
const hash = (...parts: readonly Uint8Array[]): Hash => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest('hex')
}

export const leafHash = (leaf: Uint8Array): Hash => hash(LEAF, leaf)
export const nodeHash = (left: Hash, right: Hash): Hash => hash(NODE, Buffer.from(left, 'hex'), Buffer.from(right, 'hex'))
/** The root of the tree without leaves. */
export const EMPTY_ROOT: Hash = hash()
