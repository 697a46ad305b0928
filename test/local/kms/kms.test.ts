import { createHmac, createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateKeyCommand,
  GenerateMacCommand,
  type GenerateMacCommandInput,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openAwsEndpoint } from '../../../local/aws-endpoint.ts'
import { type Listener, listen } from '../../../local/gateway/listen.ts'
import { openKms } from '../../../local/kms/kms.ts'

const folder = join(mkdtempSync(join(tmpdir(), 'supersede-kms-')), 'keys')
const credentials = { accessKeyId: 'LOCALTEST', secretAccessKey: 'not-a-secret' }
const opened: { listener?: Listener } = {}
const open = () => openKms(folder, { signing: ['signingkey', 'another'], mac: ['mackey'] })

beforeAll(async () => {
  opened.listener = await listen({
    port: 0,
    bodyBytesMax: 100_000,
    answer: openAwsEndpoint({
      services: { TrentService: open().handle },
      s3: async () => ({ status: 404, headers: {}, body: '' }),
      credentials,
    }),
    log: () => undefined,
  })
})
afterAll(async () => {
  await opened.listener?.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const client = (as = credentials) =>
  new KMSClient({ region: 'us-east-1', endpoint: `http://127.0.0.1:${opened.listener?.port}`, credentials: as, maxAttempts: 1 })
const signing: SignCommandInput = {
  KeyId: 'signingkey',
  Message: Buffer.from('directive'),
  MessageType: 'RAW',
  SigningAlgorithm: 'ED25519_SHA_512',
}
const sign = (more: Partial<SignCommandInput> = {}) => client().send(new SignCommand({ ...signing, ...more }))
const publicKey = async (KeyId = 'signingkey') => {
  const { PublicKey } = await client().send(new GetPublicKeyCommand({ KeyId }))
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
}

describe('the signing key, through the SDK’s own client', () => {
  test('a signature of any message verifies by the public key, and for no other message', async () => {
    const key = await publicKey()
    expect(key.asymmetricKeyType).toBe('ed25519')
    const message = fc.uint8Array({ minLength: 1, maxLength: 4096, size: 'max' })
    await fc.assert(
      fc.asyncProperty(message, async bytes => {
        const { Signature = Buffer.alloc(0), SigningAlgorithm } = await sign({ Message: bytes })
        expect(SigningAlgorithm).toBe('ED25519_SHA_512')
        expect(verify(null, bytes, key, Signature)).toBe(true)
        expect(verify(null, Buffer.concat([bytes, Buffer.from([0])]), key, Signature)).toBe(false)
      }),
      { numRuns: 10 },
    )
  })

  test('may be named by its ARN', async () => {
    const { Signature } = await sign({ KeyId: 'arn:aws:kms:us-east-1:000000000000:key/signingkey' })
    expect(verify(null, Buffer.from('directive'), await publicKey(), Signature ?? Buffer.alloc(0))).toBe(true)
  })

  test('each key is another', async () => {
    const { Signature } = await sign({ KeyId: 'another' })
    expect(verify(null, Buffer.from('directive'), await publicKey(), Signature ?? Buffer.alloc(0))).toBe(false)
  })

  test('says what it is for', async () => {
    expect(await client().send(new GetPublicKeyCommand({ KeyId: 'signingkey' }))).toMatchObject({
      KeySpec: 'ECC_NIST_EDWARDS25519',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ED25519_SHA_512'],
    })
  })

  test('is the same after a start, and only its owner reads it', async () => {
    const signature = (await sign()).Signature
    const { body } = open().handle('TrentService.Sign', { ...signing, Message: Buffer.from('directive').toString('base64') })
    expect(Reflect.get(Object(body), 'Signature')).toBe(Buffer.from(signature ?? []).toString('base64'))
    expect(readdirSync(folder).sort()).toEqual(['another.pem', 'mackey.hmac', 'signingkey.pem'])
    for (const file of readdirSync(folder)) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(folder, file), 'utf8')).toMatch(file.endsWith('.pem') ? /^-----BEGIN PRIVATE KEY-----\n/ : /^[0-9a-f]{64}$/)
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })
})

describe('a key for MACs, through the SDK’s own client', () => {
  const making: GenerateMacCommandInput = { KeyId: 'mackey', Message: Buffer.from('receiver'), MacAlgorithm: 'HMAC_SHA_256' }
  const mac = (more: Partial<GenerateMacCommandInput> = {}) => client().send(new GenerateMacCommand({ ...making, ...more }))

  test('makes HMAC-SHA256 of a message with what only its file knows', async () => {
    const key = Buffer.from(readFileSync(join(folder, 'mackey.hmac'), 'utf8'), 'hex')
    const { Mac, MacAlgorithm } = await mac()
    expect(Buffer.from(Mac ?? []).equals(createHmac('sha256', key).update('receiver').digest())).toBe(true)
    expect(MacAlgorithm).toBe('HMAC_SHA_256')
    expect((await mac({ Message: Buffer.from('another') })).Mac).not.toEqual(Mac)
  })

  test('is for nothing else, and no signing key makes MACs', async () => {
    await expect(sign({ KeyId: 'mackey' })).rejects.toMatchObject({ name: 'InvalidKeyUsageException' })
    await expect(mac({ KeyId: 'signingkey' })).rejects.toMatchObject({ name: 'UnknownOperationException' })
    await expect(mac({ MacAlgorithm: 'HMAC_SHA_512' })).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(mac({ Message: Buffer.alloc(0) })).rejects.toMatchObject({ name: 'ValidationException' })
  })
})

describe('what the local key service does not do it refuses by name', () => {
  test.each([
    ['a key that is not there', () => sign({ KeyId: 'nobody' }), 'NotFoundException'],
    ['a key outside its folder', () => sign({ KeyId: '../../etc/passwd' }), 'NotFoundException'],
    ['another algorithm', () => sign({ SigningAlgorithm: 'ECDSA_SHA_256' }), 'ValidationException'],
    ['a digest instead of the message', () => sign({ MessageType: 'DIGEST' }), 'ValidationException'],
    ['an empty message', () => sign({ Message: Buffer.alloc(0) }), 'ValidationException'],
    ['a message of more than 4096 bytes', () => sign({ Message: Buffer.alloc(4097) }), 'ValidationException'],
    ['a new key', () => client().send(new CreateKeyCommand({})), 'NotFoundException'],
    [
      'a stranger',
      () => client({ accessKeyId: 'STRANGER', secretAccessKey: 'x' }).send(new GetPublicKeyCommand({ KeyId: 'signingkey' })),
      'UnrecognizedClientException',
    ],
  ])('%s', async (_, ask, name) => {
    const asked: Promise<unknown> = ask()
    await expect(asked).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
  })
})
