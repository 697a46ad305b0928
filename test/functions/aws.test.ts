import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { objectStorage } from '../../functions/aws/object-storage.ts'
import { type Service, send, textOf } from '../../functions/aws/send.ts'
import { presignedUrl, signedHeaders } from '../../functions/aws/signature-v4.ts'
import { signingKey } from '../../functions/aws/signing-key.ts'
import { workflow } from '../../functions/aws/workflow.ts'
import { openKms } from '../../local/kms/kms.ts'
import { checkPresigned } from '../../local/s3/presigned.ts'
import { type Directive, signingBytes, verifyDirective } from '../../shared/rollout/index.ts'

/** The examples' key pair of the S3 API reference. */
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const scope = { service: 's3', region: 'us-east-1', at: Date.UTC(2013, 4, 24), credentials } as const

describe('signatures (the examples of the S3 API reference, "Authenticating Requests")', () => {
  test('a GET by header', () => {
    const bodyHash = createHash('sha256').digest('hex')
    const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt')
    const { authorization } = signedHeaders({ method: 'GET', url, headers: { range: 'bytes=0-9' }, bodyHash }, scope)
    expect(authorization).toContain('SignedHeaders=host;range;x-amz-content-sha256;x-amz-date')
    expect(authorization).toContain('Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
  })

  test('a listing with a query', () => {
    const bodyHash = createHash('sha256').digest('hex')
    const url = new URL('https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J')
    const { authorization } = signedHeaders({ method: 'GET', url, headers: {}, bodyHash }, scope)
    expect(authorization).toContain('Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')
  })

  test('a GET by query, valid for a day', () => {
    const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt')
    const signed = new URL(presignedUrl({ method: 'GET', url, headers: {} }, scope, 86_400))
    expect(signed.searchParams.get('X-Amz-Signature')).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404')
  })
})

type Got = { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer }

/** What came in, and what is answered next; 200 with `{}` where nothing is said. */
const got: Got[] = []
let answers: { readonly status: number; readonly body: string }[] = []
let server: Server | undefined
let endpoint = ''
const answerNext = (...next: readonly (readonly [status: number, body: unknown])[]) => {
  answers = next.map(([status, body]) => ({ status, body: JSON.stringify(body) }))
}

beforeAll(async () => {
  const listening = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    got.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) })
    const { status, body } = answers.shift() ?? { status: 200, body: '{}' }
    response.writeHead(status).end(body)
  })
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  const address = listening.address()
  endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  server = listening
})
afterAll(() => {
  server?.close()
})
beforeEach(() => {
  got.length = 0
  answers = []
})

const to = (service: Service['service']): Service => ({
  service,
  region: 'eu-west-1',
  endpoint,
  credentials: () => credentials,
  now: Date.now,
})

describe('a request', () => {
  test('is tried again while the service is unwell, and no more than four times', async () => {
    answerNext([503, {}], [500, {}], [200, { ok: true }])
    expect(await send(to('kms'), { method: 'POST', path: '/', headers: {}, body: null }, textOf)).toMatchObject({ status: 200 })
    expect(got).toHaveLength(3)
    answerNext([500, {}], [500, {}], [500, {}], [500, {}], [200, {}])
    expect(await send(to('kms'), { method: 'POST', path: '/', headers: {}, body: null }, textOf)).toMatchObject({ status: 500 })
    expect(got).toHaveLength(7)
  })

  test('that is refused is not repeated', async () => {
    answerNext([400, { __type: 'ValidationException' }])
    expect(await send(to('kms'), { method: 'POST', path: '/', headers: {}, body: null }, textOf)).toMatchObject({ status: 400 })
    expect(got).toHaveLength(1)
  })
})

describe('the workflow', () => {
  const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:lifecycle'

  test('is started under the change’s id', async () => {
    await workflow(to('states'), machine).start('01ARZ')
    expect(got[0]?.headers).toMatchObject({
      'x-amz-target': 'AWSStepFunctions.StartExecution',
      'content-type': 'application/x-amz-json-1.0',
    })
    expect(JSON.parse(String(got[0]?.body))).toEqual({ stateMachineArn: machine, name: '01ARZ', input: '{"change":"01ARZ"}' })
  })

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('that was woken before (%s) is no error', async code => {
    answerNext([400, { __type: `com.amazonaws.states#${code}`, message: 'late' }])
    await workflow(to('states'), machine).wake('token', { filled: true })
    expect(JSON.parse(String(got[0]?.body))).toEqual({ taskToken: 'token', output: '{"filled":true}' })
  })

  test('that was started before is left alone; any other refusal rises', async () => {
    answerNext([400, { __type: 'ExecutionAlreadyExists' }], [400, { __type: 'StateMachineDoesNotExist', message: 'gone' }])
    await workflow(to('states'), machine).start('01ARZ')
    await expect(workflow(to('states'), machine).start('01ARZ')).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' })
  })
})

describe('the object storage', () => {
  const bucket = () => objectStorage(to('s3'), 'bucket')

  test('is given bytes under a key', async () => {
    const bytes = randomBytes(64)
    await bucket().put('modules/a.ko', bytes, 'application/octet-stream')
    expect(got[0]).toMatchObject({ method: 'PUT', path: '/bucket/modules/a.ko', body: bytes })
    expect(got[0]?.headers['x-amz-content-sha256']).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  test('says null for what is not there', async () => {
    answerNext([404, {}])
    expect(await bucket().get('uploads/x')).toBeNull()
  })

  test.each(['../x', 'a b', 'a?b', ''])('takes no key like %j', async key => {
    await expect(bucket().put(key, Buffer.alloc(0), 'x')).rejects.toThrow('no object key of ours')
    expect(got).toEqual([])
  })

  test('offers a PUT that holds for these bytes and this size only', () => {
    const digest = createHash('sha256').update('abc').digest('hex')
    const { url, headers } = bucket().offerPut('uploads/x', 3, digest, 60)
    const { pathname, search, host } = new URL(url)
    const ask = { method: 'PUT', path: pathname, query: search.slice(1), headers: { ...headers, host } }
    expect(checkPresigned(ask, credentials, Date.now())).toBeNull()
    expect(checkPresigned({ ...ask, headers: { ...ask.headers, 'content-length': '4' } }, credentials, Date.now())).not.toBeNull()
    expect(checkPresigned({ ...ask, headers: { ...ask.headers, 'x-amz-checksum-sha256': 'x' } }, credentials, Date.now())).not.toBeNull()
    expect(checkPresigned({ ...ask, path: '/bucket/uploads/y' }, credentials, Date.now())).not.toBeNull()
    expect(checkPresigned(ask, credentials, Date.now() + 61_000)).toBe('Request has expired')
  })
})

describe('the signing key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-kms-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('signs what hosts verify with its public half', async () => {
    const kms = openKms(folder, { signing: ['key-1'] })
    const relay = async <T>(call: () => Promise<T>, target: string, request: Readonly<Record<string, unknown>>): Promise<T> => {
      const { status, body } = kms.handle(target, request)
      answerNext([status, body])
      return call()
    }
    const key = signingKey(to('kms'), 'key-1')
    const x = await relay(() => key.publicKey(), 'TrentService.GetPublicKey', { KeyId: 'key-1' })
    const directive: Directive = {
      schema: 'supersede.directive/1',
      fleet: 'edge',
      version: 1,
      issuedAt: 1,
      expiresAt: 2e12,
      ask: null,
      stopped: false,
      pollSeconds: 1,
    }
    const Message = Buffer.from(signingBytes(directive)).toString('base64')
    const request = { KeyId: 'key-1', Message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' }
    const signature = await relay(() => key.sign(signingBytes(directive)), 'TrentService.Sign', request)
    expect(JSON.parse(String(got.at(-1)?.body))).toEqual(request)
    const signed = { directive, keyId: 'key-1', signature: Buffer.from(signature).toString('base64') }
    expect(verifyDirective(signed, { keys: new Map([['key-1', x]]), fleet: 'edge', lastVersion: 0, now: 1 })).toMatchObject({ ok: true })
  })
})
