import { createHmac } from 'node:crypto'

/** A secret as receivers keep it (Standard Webhooks, "Signature scheme"): `whsec_` and base64 of 24 to 64 bytes. */
export const secretText = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString('base64')}`

/** `v1,` and base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; the timestamp in epoch seconds. */
export const signatureOf = (id: string, timestamp: number, body: string, secret: Uint8Array): string =>
  `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`

/** The three headers of Standard Webhooks. Of several secrets (while one is being replaced) each signs. */
export const signedHeaders = (
  id: string,
  timestamp: number,
  body: string,
  secrets: readonly Uint8Array[],
): Readonly<Record<string, string>> => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': secrets.map(secret => signatureOf(id, timestamp, body, secret)).join(' '),
})
