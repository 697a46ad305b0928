import { createPublicKey, verify } from 'node:crypto'
import { sha256 } from '../canonical/index.ts'

/**
 * A statement about a document by the hash of its canonical JSON: `<schema> sha256:<hex>` in UTF-8. By hash, because the key service
 * signs 4,096 bytes in one piece; its first word keeps it apart from anything else that the same key signs.
 */
export const statementOf = (schema: string, canonicalText: string): Uint8Array =>
  Buffer.from(`${schema} sha256:${sha256(canonicalText)}`, 'utf8')

/** Whether an Ed25519 signature (base64 of 64 bytes) over the bytes is that of the key (JWK `x`). */
export const isSignedBy = (key: string, bytes: Uint8Array, signature: string): boolean => {
  const raw = Buffer.from(signature, 'base64')
  // Strict text: base64 has many spellings of the same bytes, and only one is accepted.
  if (raw.length !== 64 || raw.toString('base64') !== signature) return false
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' })
  return verify(null, bytes, publicKey, raw)
}

/** Deeper than any signed document: what is nested further cannot be one, and need not be walked before its signature is known. */
const DEPTH_MAX = 6
export const isShallow = (value: unknown, depth = DEPTH_MAX): boolean =>
  value === null || typeof value !== 'object' || (depth > 0 && Object.values(value).every(member => isShallow(member, depth - 1)))
