import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openStorage } from './storage.ts'

type Storage = Awaited<ReturnType<typeof openStorage>>
const opened: { storage?: Storage } = {}
beforeAll(async () => {
  opened.storage = await openStorage()
})
afterAll(() => opened.storage?.close())
const storage = (): Storage => {
  if (!opened.storage) throw new Error('the storage is not open yet')
  return opened.storage
}

const Bucket = 'artifacts'
const put = (Key: string, Body: Buffer | string, more = {}) =>
  storage()
    .client()
    .send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const get = async (Key: string, bucket = Bucket) => {
  const { Body, ...rest } = await storage()
    .client()
    .send(new GetObjectCommand({ Bucket: bucket, Key }))
  return { ...rest, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) }
}

/** Every file below the storage's folder, as a path relative to it. */
const files = (directory = storage().folder, prefix = ''): readonly string[] =>
  readdirSync(directory).flatMap(name => {
    const path = join(directory, name)
    return statSync(path).isDirectory() ? files(path, `${prefix}${name}/`) : [`${prefix}${name}`]
  })

describe('an object, through the SDK’s own client', () => {
  test('is what was put, with its MD5 as its ETag', async () => {
    const { ETag } = await put('modules/a.ko', 'hello')
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"')
    expect(await get('modules/a.ko')).toMatchObject({ ETag, ContentLength: 5, bytes: Buffer.from('hello'), LastModified: expect.any(Date) })
  })

  test('can be asked for without its bytes', async () => {
    await put('head', 'hello')
    const head = await storage()
      .client()
      .send(new HeadObjectCommand({ Bucket, Key: 'head' }))
    expect(head).toMatchObject({ ContentLength: 5, ETag: '"5d41402abc4b2a76b9719d911017c592"' })
  })

  test('is replaced as a whole', async () => {
    await put('twice', 'a longer text')
    await put('twice', 'short')
    expect((await get('twice')).bytes).toEqual(Buffer.from('short'))
  })

  test('is gone once deleted, and deleting it again is fine', async () => {
    await put('gone', 'x')
    const remove = () =>
      storage()
        .client()
        .send(new DeleteObjectCommand({ Bucket, Key: 'gone' }))
    await remove()
    expect(await remove()).toMatchObject({ $metadata: { httpStatusCode: 204 } })
    await expect(get('gone')).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
  })

  test('of any bytes comes back as it was, sent whole or in signed chunks', async () => {
    const bytes = fc.uint8Array({ maxLength: 70_000, size: 'max' })
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (given, isStream) => {
        const body = Buffer.from(given)
        await storage()
          .client()
          .send(new PutObjectCommand({ Bucket, Key: 'any', Body: isStream ? Readable.from([body]) : body, ContentLength: body.length }))
        expect((await get('any')).bytes.equals(body)).toBe(true)
      }),
      { numRuns: 12 },
    )
  })

  test('that does not match the checksum it came with is not stored', async () => {
    const wrong = put('summed', 'other', { ChecksumSHA256: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' })
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest', $metadata: { httpStatusCode: 400 } })
    await expect(get('summed')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })
})

describe('a key', () => {
  const KEYS = [
    '../../escape',
    '..',
    'a/../../b',
    '/absolute',
    'a//b',
    'a b+c',
    'é/ü',
    'x'.repeat(900),
    '%2e%2e/encoded',
    '.hidden',
    'C:\\x',
    'a\nb',
  ]
  test.each(KEYS)('%j is a name like any other, and cannot leave its bucket', async key => {
    const before = new Set(files())
    await put(key, key)
    expect((await get(key)).bytes).toEqual(Buffer.from(key))
    const added = files().filter(path => !before.has(path))
    expect(added).toEqual([expect.stringMatching(/^objects\/artifacts\/[^/]+$/)])
  })

  test.each(['..', '.', 'a/b'].map(encodeURIComponent))('nor can a bucket called %s leave the storage', async bucket => {
    const answer = await fetch(`${storage().url}/x%2F..%2F${bucket}/key`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=LOCALTEST/x' },
      body: 'x',
    })
    expect([200, 400, 501]).toContain(answer.status)
    expect(files().filter(path => !path.startsWith('objects/'))).toEqual([])
  })

  test('is looked up in its own bucket only', async () => {
    await put('mine', 'x')
    await expect(get('mine', 'another')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  test('with a broken escape is the client’s mistake', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=LOCALTEST/x' }
    expect((await fetch(`${storage().url}/artifacts/%zz`, { headers })).status).toBe(400)
  })
})

describe('what the local storage does not have it refuses loudly', () => {
  test.each([
    ['a list of objects', new ListObjectsV2Command({ Bucket })],
    ['a new bucket', new CreateBucketCommand({ Bucket: 'new' })],
  ])('%s', async (_, command) => {
    const refused = storage()
      .client()
      .send(command as ListObjectsV2Command)
    await expect(refused).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } })
  })

  test('whoever does not have its key', async () => {
    const stranger = storage().client({ accessKeyId: 'STRANGER', secretAccessKey: 'x' })
    const refused = stranger.send(new GetObjectCommand({ Bucket, Key: 'modules/a.ko' }))
    await expect(refused).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    expect((await fetch(`${storage().url}/artifacts/modules/a.ko`)).status).toBe(403)
  })
})
