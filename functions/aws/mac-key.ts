import { callJson } from './call-json.ts'
import type { Service } from './send.ts'

/** A key of the key service that never leaves it, and makes secrets out of names (HMAC-SHA256). */
export type MacKey = {
  /** 32 bytes that follow from the message (at most 4,096 bytes), and from which nothing follows about the key. */
  readonly mac: (message: string) => Promise<Uint8Array>
}

export const macKey = (to: Service, keyId: string): MacKey => {
  /** The same name has the same secret for ever, so one answer serves as long as the function lives. */
  const known = new Map<string, Uint8Array>()
  const ask = async (message: string): Promise<Uint8Array> => {
    const input = { KeyId: keyId, Message: Buffer.from(message).toString('base64'), MacAlgorithm: 'HMAC_SHA_256' }
    const { Mac } = await callJson(to, 'TrentService.GenerateMac', '1.1', input)
    if (typeof Mac !== 'string') throw new Error('the key service answered without Mac')
    return Buffer.from(Mac, 'base64')
  }
  return {
    mac: async message => {
      const secret = known.get(message) ?? (await ask(message))
      known.set(message, secret)
      return secret
    },
  }
}
