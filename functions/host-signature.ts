import { createPublicKey, verify } from 'node:crypto'
import { HostSignatureHeader } from '../shared/fleet/index.ts'
import { DEPTH_MAX, depthOf, forbiddenKey } from './http/parse-body.ts'

/** A compact JWS (RFC 7515) as hosts make them, taken apart; nothing in it is trusted before `isSignedBy` says so. */
export type HostSignature = {
  /** The host that it claims to be from. */
  readonly kid: string
  readonly payload: unknown
  readonly signed: Buffer
  readonly signature: Buffer
}

const PART = /^[A-Za-z0-9_-]+$/

const jsonOf = (part: string): unknown => {
  const text = Buffer.from(part, 'base64url').toString('utf8')
  if (depthOf(text) > DEPTH_MAX) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return forbiddenKey(value) === null ? value : undefined
  } catch {
    return undefined
  }
}

/** Null: it is none. The algorithm is EdDSA, whatever the header would like it to be: any other is refused here. */
export const readHostSignature = (compact: string, charactersMax: number): HostSignature | null => {
  if (compact.length > charactersMax) return null
  const parts = compact.split('.')
  const [protectedPart, payloadPart, signaturePart] = parts
  if (parts.length !== 3 || !protectedPart || !payloadPart || !signaturePart || !parts.every(part => PART.test(part))) return null
  const header = HostSignatureHeader.safeParse(jsonOf(protectedPart))
  const payload = jsonOf(payloadPart)
  const signature = Buffer.from(signaturePart, 'base64url')
  if (!header.success || payload === undefined || signature.length !== 64 || signature.toString('base64url') !== signaturePart) return null
  return { kid: header.data.kid, payload, signed: Buffer.from(`${protectedPart}.${payloadPart}`), signature }
}

/** Whether the key (JWK `x`) made the signature. A key that is no point of the curve has made none. */
export const isSignedBy = ({ signed, signature }: HostSignature, publicKey: string): boolean => {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return verify(null, signed, key, signature)
  } catch {
    return false
  }
}
