import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSecret } from '../secret-file.ts'

export type Kms = { readonly handle: (target: string, body: unknown) => { readonly status: number; readonly body: unknown } }

const ALGORITHM = 'ED25519_SHA_512'
const MAC_ALGORITHM = 'HMAC_SHA_256'
const MESSAGE_BYTES_MAX = 4096

const fail = (type: string, message: string) => ({ status: 400, body: { __type: type, message } })

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The part after `key/` of an ARN, or the id itself. */
const idOf = (keyId: string): string => keyId.split('/').at(-1) ?? ''

const loadKey = (directory: string, id: string): KeyObject => {
  const file = join(directory, `${id}.pem`)
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeSecret(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  }
  return createPrivateKey(readFileSync(file, 'utf8'))
}

const loadMacKey = (directory: string, id: string): Buffer => {
  const file = join(directory, `${id}.hmac`)
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeSecret(file, randomBytes(32).toString('hex'))
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
}

export type KeyIds = {
  /** ECC_NIST_EDWARDS25519 */
  readonly signing: readonly string[]
  /** HMAC_256 */
  readonly mac?: readonly string[]
}

/** Key Management Service for the template's own keys, each a file: Sign (RAW) and GetPublicKey of Ed25519 keys, GenerateMac of HMAC keys. */
export const openKms = (directory: string, ids: KeyIds): Kms => {
  const keys = new Map(ids.signing.map(id => [id, loadKey(directory, id)]))
  const macKeys = new Map((ids.mac ?? []).map(id => [id, loadMacKey(directory, id)]))
  const generateMac = (id: string, key: Buffer, body: Readonly<Record<string, unknown>>) => {
    if (body['MacAlgorithm'] !== MAC_ALGORITHM)
      return fail('ValidationException', `this key makes MACs with MacAlgorithm ${MAC_ALGORITHM} only`)
    const message = Buffer.from(text(body['Message']), 'base64')
    if (message.length === 0 || message.length > MESSAGE_BYTES_MAX)
      return fail('ValidationException', `Message must have 1 to ${MESSAGE_BYTES_MAX} bytes`)
    return {
      status: 200,
      body: { KeyId: id, MacAlgorithm: MAC_ALGORITHM, Mac: createHmac('sha256', key).update(message).digest('base64') },
    }
  }
  const signRaw = (id: string, key: KeyObject, body: Readonly<Record<string, unknown>>) => {
    if (body['SigningAlgorithm'] !== ALGORITHM || body['MessageType'] !== 'RAW')
      return fail('ValidationException', `this key signs with SigningAlgorithm ${ALGORITHM} and MessageType RAW only`)
    const message = Buffer.from(text(body['Message']), 'base64')
    if (message.length === 0 || message.length > MESSAGE_BYTES_MAX)
      return fail('ValidationException', `Message must have 1 to ${MESSAGE_BYTES_MAX} bytes`)
    return { status: 200, body: { KeyId: id, Signature: sign(null, message, key).toString('base64'), SigningAlgorithm: ALGORITHM } }
  }
  return {
    handle: (target, body) => {
      const request = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
      const id = idOf(text(request['KeyId']))
      const macKey = macKeys.get(id)
      if (macKey && target === 'TrentService.GenerateMac') return generateMac(id, macKey, request)
      if (macKey) return fail('InvalidKeyUsageException', `${id} is a key for GenerateMac`)
      const key = keys.get(id)
      if (!key) return fail('NotFoundException', `Key '${text(request['KeyId'])}' does not exist`)
      if (target === 'TrentService.Sign') return signRaw(id, key, request)
      if (target === 'TrentService.GetPublicKey') {
        const PublicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
        return {
          status: 200,
          body: { KeyId: id, PublicKey, KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: [ALGORITHM] },
        }
      }
      return fail('UnknownOperationException', `the local key service does not know ${target}`)
    },
  }
}
