import { createHash } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openStorage } from './storage.ts'

type Storage = Awaited<ReturnType<typeof openStorage>>
const opened: { storage?: Storage } = {}
const storage = (): Storage => {
  if (!opened.storage) throw new Error('the storage is not open yet')
  return opened.storage
}
beforeAll(async () => {
  opened.storage = await openStorage()
})
afterAll(() => opened.storage?.close())

const at = { Bucket: 'artifacts', Key: 'uploads/a b+ü.ko' }
beforeEach(async () => {
  storage().clock.aheadMs = 0
  await storage()
    .client()
    .send(new PutObjectCommand({ ...at, Body: 'before' }))
})
const now = async (): Promise<string> => {
  const { Body } = await storage().client().send(new GetObjectCommand(at))
  return (await Body?.transformToString()) ?? ''
}

/** The URL of the SDK's own presigner. */
const toPut = (more: object = {}, options: Parameters<typeof getSignedUrl>[2] = {}) =>
  getSignedUrl(storage().client(), new PutObjectCommand({ ...at, ...more }), { expiresIn: 60, ...options })
const toGet = (more: object = {}) => getSignedUrl(storage().client(), new GetObjectCommand({ ...at, ...more }), { expiresIn: 60 })
const put = (url: string, body = 'after', headers: Record<string, string> = {}) => fetch(url, { method: 'PUT', body, headers })

describe('a pre-signed URL', () => {
  test('lets its holder put the object, without any credentials', async () => {
    expect((await put(await toPut())).status).toBe(200)
    expect(await now()).toBe('after')
  })

  test('lets its holder get the object', async () => expect(await (await fetch(await toGet())).text()).toBe('before'))

  test('with further query parameters is signed over all of them', async () => {
    const url = await toGet({
      ResponseContentType: 'text/plain',
      ResponseContentDisposition: 'attachment; filename="a (1).ko"',
      VersionId: 'x',
    })
    expect((await fetch(url)).status).toBe(200)
  })

  test('holds until its end and no longer', async () => {
    const url = await toPut()
    storage().clock.aheadMs = 30_000
    expect((await put(url, 'in time')).status).toBe(200)
    storage().clock.aheadMs = 62_000
    const late = await put(url, 'late')
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')])
    expect(await now()).toBe('in time')
  })

  const tampered = (change: (url: URL) => void) => async () => {
    const url = new URL(await toPut())
    change(url)
    return put(url.href)
  }
  const parameter = (name: string, value: string | null) =>
    tampered(({ searchParams }) => (value === null ? searchParams.delete(name) : searchParams.set(name, value)))

  test.each([
    ['another method', async () => fetch(await toPut(), { method: 'DELETE' })],
    ['a URL to get, used to put', async () => put(await toGet())],
    ['another key', tampered(url => Object.assign(url, { pathname: '/artifacts/uploads/other.ko' }))],
    ['another bucket', tampered(url => Object.assign(url, { pathname: url.pathname.replace('artifacts', 'other') }))],
    ['a longer life', parameter('X-Amz-Expires', '604800')],
    ['a life that is no number', parameter('X-Amz-Expires', 'forever')],
    ['no life at all', parameter('X-Amz-Expires', null)],
    ['a later date', parameter('X-Amz-Date', '29990101T000000Z')],
    ['a date that is none', parameter('X-Amz-Date', 'today')],
    ['another parameter', parameter('x-more', '1')],
    ['fewer signed headers', parameter('X-Amz-SignedHeaders', '')],
    ['another access key', parameter('X-Amz-Credential', 'STRANGER/20261123/us-east-1/s3/aws4_request')],
    ['no access key', parameter('X-Amz-Credential', null)],
    ['an empty signature', parameter('X-Amz-Signature', '')],
    ['a signature of zeros', parameter('X-Amz-Signature', '0'.repeat(64))],
  ])('is refused, and nothing is stored: %s', async (_, ask) => {
    const answer = await ask()
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      403,
      'application/xml',
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ])
    expect(await now()).toBe('before')
  })

  describe('for certain bytes', () => {
    const checksum = (body: string) => createHash('sha256').update(body).digest('base64')
    const header = 'x-amz-checksum-sha256'
    const forAfter = () => toPut({ ChecksumSHA256: checksum('after') }, { unhoistableHeaders: new Set([header]) })

    test('takes just these', async () => {
      expect((await put(await forAfter(), 'after', { [header]: checksum('after') })).status).toBe(200)
      expect(await now()).toBe('after')
    })

    test.each([
      ['other bytes under the promised checksum', 'other', 'after', 400],
      ['other bytes under their own checksum', 'other', 'other', 403],
    ])('refuses %s', async (_, body, promised, status) => {
      expect((await put(await forAfter(), body, { [header]: checksum(promised) })).status).toBe(status)
      expect(await now()).toBe('before')
    })

    test('refuses to be used without the checksum', async () => {
      expect((await put(await forAfter(), 'other')).status).toBe(403)
      expect(await now()).toBe('before')
    })
  })
})
