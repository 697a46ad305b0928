import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { PEOPLE } from '../../../demo/people.ts'
import { openPlatform } from '../../../local/index.ts'
import { readAssembly } from '../../infra/assembly.ts'

const { assembly } = await readAssembly()
const folder = mkdtempSync(join(tmpdir(), 'supersede-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const data = join(folder, 'data')
const open = (port = 0, stack = 'Supersede') =>
  openPlatform({ assembly, stack, data, port, people: PEOPLE, now: Date.now, log: () => undefined })
const asked = async (platform: Awaited<ReturnType<typeof open>>, path: string, body?: unknown) => {
  const token = await platform.issuer.token(PEOPLE[0])
  const response = await fetch(`${platform.url}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'k' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('starting and stopping', () => {
  test('what was acknowledged is there after a start; the code, the key and the tokens stay', async () => {
    const first = await open()
    const token = await first.issuer.token(PEOPLE[0])
    expect(await asked(first, '/fleets', { id: 'edge' })).toMatchObject({ status: 201 })
    const port = Number(new URL(first.url).port)
    await first.close()
    const second = await open(port)
    expect(await asked(second, '/fleets')).toMatchObject({ status: 200, body: { items: [{ id: 'edge' }] } })
    expect(second.issuer.code).toBe(first.issuer.code)
    const old = await fetch(`${second.url}/fleets`, { headers: { authorization: `Bearer ${token}` } })
    expect(old.status).toBe(200)
    await second.close()
    await expect(fetch(second.url)).rejects.toThrow()
  })

  test('the data directory is its owner’s alone, and free again afterwards', () => {
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(existsSync(join(data, 'lock'))).toBe(false)
  })

  test('a data directory in use is refused, naming the process', async () => {
    const start = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19]
    const held = `${process.ppid} ${start}`
    writeFileSync(join(data, 'lock'), held)
    await expect(open()).rejects.toThrow(`the data directory is in use by process ${process.ppid}; stop it, or choose another with --data`)
    expect(readFileSync(join(data, 'lock'), 'utf8')).toBe(held)
  })

  test.each(['999999999 1', '', 'nonsense', '-1', `${process.ppid} 1`])(
    'the lock %j of a process that is gone counts for nothing',
    async left => {
      writeFileSync(join(data, 'lock'), left)
      await expect(open(0, 'NoSuchStack')).rejects.toThrow('NoSuchStack.template.json')
      expect(existsSync(join(data, 'lock'))).toBe(false)
    },
  )

  test('a taken port is said in one line, and leaves nothing open', async () => {
    const server = createServer()
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(open(port)).rejects.toThrow(`port ${port} is taken; choose another with --port`)
    expect(existsSync(join(data, 'lock'))).toBe(false)
    server.close()
  })
})
