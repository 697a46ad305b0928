import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIdentity, folderStorage, memoryStorage, signerOf } from '../../agent/index.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-storage-'))
})
afterAll(() => rm(folder, { recursive: true }))

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

describe('the folder of a host', () => {
  test('and its key can be read by the owner only', async () => {
    const storage = await folderStorage(join(folder, 'a'))
    await storage.write('identity', createIdentity('h1', 'web'))
    expect(await mode(join(folder, 'a'))).toBe('700')
    expect(await mode(join(folder, 'a/identity.json'))).toBe('600')
  })

  test('is closed even where it was open before', async () => {
    const path = join(folder, 'b')
    const storage = await folderStorage(path)
    await writeFile(join(path, 'identity.json.new'), 'left behind', { mode: 0o644 })
    await storage.write('identity', { key: 1 })
    expect(await mode(join(path, 'identity.json'))).toBe('600')
  })

  test.each([
    ['a folder', () => folderStorage(join(folder, 'c'))],
    ['memory', async () => memoryStorage()],
  ] as const)('gives back what was kept: %s', async (_, open) => {
    const storage = await open()
    expect(await storage.read('state')).toBeNull()
    expect(await storage.module('d1')).toBeNull()
    await storage.write('state', { sequence: 1 })
    await storage.write('state', { sequence: 2 })
    await storage.keepModule('d1', Buffer.from('bytes'))
    expect(await storage.read('state')).toEqual({ sequence: 2 })
    expect(Buffer.from((await storage.module('d1'))?.bytes ?? []).toString()).toBe('bytes')
  })

  test('holds no half-written document after a crash: the draft is not read', async () => {
    const path = join(folder, 'd')
    const storage = await folderStorage(path)
    await storage.write('state', { sequence: 7 })
    await writeFile(join(path, 'state.json.new'), '{"sequ')
    expect(await storage.read('state')).toEqual({ sequence: 7 })
    expect(JSON.parse(await readFile(join(path, 'state.json'), 'utf8'))).toEqual({ sequence: 7 })
  })
})

describe('a host signs in its own name', () => {
  test('and uses a token again until shortly before it ends', async () => {
    const signer = await signerOf(createIdentity('h1', 'web'))
    const at = 1_700_000_000_000
    const token = await signer.bearer(at)
    expect(await signer.bearer(at + 200_000)).toBe(token)
    expect(await signer.bearer(at + 206_000)).not.toBe(token)
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ iss: 'h1', aud: 'supersede' })
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(300)
  })
})
