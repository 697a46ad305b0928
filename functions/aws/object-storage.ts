import { bytesOf, type Service, ServiceError, send } from './send.ts'
import { presignedUrl } from './signature-v4.ts'

/** One bucket, by path-style addresses. */
export type ObjectStorage = {
  readonly put: (key: string, bytes: Uint8Array, contentType: string) => Promise<void>
  /** Null: there is no such object. */
  readonly get: (key: string) => Promise<Uint8Array | null>
  /** A URL that accepts one PUT of exactly these bytes, and the headers that must go with it. */
  readonly offerPut: (
    key: string,
    size: number,
    digest: string,
    seconds: number,
  ) => { readonly url: string; readonly headers: Readonly<Record<string, string>> }
}

/** Keys are of our own making (`modules/<digest>.ko`): letters, digits, `/`, `-`, `.` only. */
const pathOf = (bucket: string, key: string): string => {
  if (!/^[A-Za-z0-9._/-]+$/.test(key) || key.includes('..')) throw new Error(`${JSON.stringify(key)} is no object key of ours`)
  return `/${bucket}/${key}`
}

const refused = (what: string, status: number, bytes: Uint8Array): ServiceError =>
  new ServiceError('ObjectStorage', status, `${what}: ${Buffer.from(bytes.subarray(0, 300)).toString('utf8')}`)

export const objectStorage = (to: Service, bucket: string): ObjectStorage => ({
  put: async (key, bytes, contentType) => {
    const sent = { method: 'PUT', path: pathOf(bucket, key), headers: { 'content-type': contentType }, body: bytes } as const
    const answer = await send(to, sent, bytesOf)
    if (answer.status >= 300) throw refused(`PUT ${key}`, answer.status, answer.body)
  },
  get: async key => {
    const answer = await send(to, { method: 'GET', path: pathOf(bucket, key), headers: {}, body: null }, bytesOf)
    if (answer.status === 404 || answer.status === 403) return null
    if (answer.status >= 300) throw refused(`GET ${key}`, answer.status, answer.body)
    return answer.body
  },
  offerPut: (key, size, digest, seconds) => {
    const checksum = Buffer.from(digest, 'hex').toString('base64')
    // Both headers are signed: other bytes, or more of them, are refused by the storage itself.
    const headers = { 'content-length': String(size), 'x-amz-checksum-sha256': checksum }
    const scope = { service: to.service, region: to.region, at: to.now(), credentials: to.credentials() }
    const url = new URL(pathOf(bucket, key), to.endpoint)
    return { url: presignedUrl({ method: 'PUT', url, headers }, scope, seconds), headers }
  },
})
