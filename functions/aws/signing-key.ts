import { createPublicKey } from 'node:crypto'
import { callJson } from './call-json.ts'
import type { Service } from './send.ts'

/** The key that signs directives; its private half never leaves the key service. */
export type SigningKey = {
  readonly keyId: string
  /** 64-byte Ed25519 signature over the message itself (at most 4,096 bytes, RFC 8032 pure). */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
  /** JWK `x`: base64url of 32 bytes. */
  readonly publicKey: () => Promise<string>
}

const bytesOf = (value: unknown, name: string): Buffer => {
  if (typeof value !== 'string') throw new Error(`the key service answered without ${name}`)
  return Buffer.from(value, 'base64')
}

const fetchPublicKey = async (to: Service, keyId: string): Promise<string> => {
  const { PublicKey } = await callJson(to, 'TrentService.GetPublicKey', '1.1', { KeyId: keyId })
  const { x } = createPublicKey({ key: bytesOf(PublicKey, 'PublicKey'), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  if (typeof x !== 'string') throw new Error('the signing key is no Ed25519 key')
  return x
}

export const signingKey = (to: Service, keyId: string): SigningKey => {
  /** A key's public half never changes, so one answer serves as long as the function lives; a failure is not kept. */
  let known: string | null = null
  return {
    keyId,
    sign: async message => {
      const input = {
        KeyId: keyId,
        Message: Buffer.from(message).toString('base64'),
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      }
      const { Signature } = await callJson(to, 'TrentService.Sign', '1.1', input)
      return bytesOf(Signature, 'Signature')
    },
    publicKey: async () => {
      known ??= await fetchPublicKey(to, keyId)
      return known
    },
  }
}
