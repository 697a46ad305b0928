import { createHash } from 'node:crypto'
import type { HttpAsk } from '../gateway/http-api.ts'
import type { HttpAnswer } from '../gateway/problem.ts'
import type { ObjectStore } from './object-store.ts'
import { type Credentials, checkPresigned, isPresigned } from './presigned.ts'

const xml = (status: number, code: string, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
})

/** The body of `Content-Encoding: aws-chunked`: `SIZE[;extensions]CRLF bytes CRLF`, ended by a chunk of size 0 and trailers. */
const unchunk = (body: Buffer): Buffer => {
  const chunks: Buffer[] = []
  let at = 0
  while (at < body.length) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (lineEnd < 0 || !(size > 0)) break
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(chunks)
}

/** An upload is offered for certain bytes: the header with their digest is signed, and it is the storage that compares. */
const matchesChecksum = (body: Buffer, headers: HttpAsk['headers']): boolean => {
  const claimed = headers['x-amz-checksum-sha256']
  return claimed === undefined || claimed === createHash('sha256').update(body).digest('base64')
}

const decoded = (path: string): string | null => {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

export type S3Options = { readonly objects: ObjectStore; readonly credentials: Credentials; readonly now: () => number }

/** Path-style S3: PutObject, GetObject, HeadObject, DeleteObject, by header or by pre-signed URL. Everything else is refused. */
export const openS3 =
  ({ objects, credentials, now }: S3Options) =>
  async (ask: HttpAsk): Promise<HttpAnswer> => {
    if (isPresigned(ask)) {
      const refused = checkPresigned(ask, credentials, now())
      if (refused) return xml(403, 'AccessDenied', refused)
    } else if (!(ask.headers['authorization'] ?? '').includes(`Credential=${credentials.accessKeyId}/`))
      return xml(403, 'AccessDenied', 'Access Denied')
    const path = decoded(ask.path)
    if (path === null) return xml(400, 'InvalidURI', "Couldn't parse the specified URI.")
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
    if (!bucket || !key) return xml(501, 'NotImplemented', 'The local object storage has no operations on buckets.')
    if (ask.method === 'PUT') {
      const body = ask.headers['content-encoding']?.includes('aws-chunked') ? unchunk(ask.body) : ask.body
      if (!matchesChecksum(body, ask.headers))
        return xml(400, 'BadDigest', 'The SHA256 you specified did not match the calculated checksum.')
      return { status: 200, headers: { etag: `"${await objects.put(bucket, key, body)}"` }, body: '' }
    }
    if (ask.method === 'DELETE') {
      await objects.remove(bucket, key)
      return { status: 204, headers: {}, body: '' }
    }
    if (ask.method !== 'GET' && ask.method !== 'HEAD') return xml(501, 'NotImplemented', `The local object storage has no ${ask.method}.`)
    const found = await objects.get(bucket, key)
    if (!found) return xml(404, 'NoSuchKey', 'The specified key does not exist.')
    const headers = {
      etag: `"${found.etag}"`,
      'last-modified': found.lastModified.toUTCString(),
      'content-type': 'application/octet-stream',
    }
    return { status: 200, headers, body: found.body }
  }
