import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { HttpAsk } from '../../../local/gateway/http-api.ts'
import { type Listener, listen } from '../../../local/gateway/listen.ts'

const LIMIT = 1000
const logged: string[] = []
const seen: HttpAsk[] = []
const opened: { listener?: Listener } = {}

const answer = async (ask: HttpAsk) => {
  seen.push(ask)
  if (ask.path === '/fails') throw new Error('the inside')
  if (ask.path === '/unchanged') return { status: 304, headers: { etag: '"1"' }, body: '' }
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${ask.method} ${ask.body.length}`, cookies: ['a=1', 'b=2'] }
}
beforeAll(async () => {
  opened.listener = await listen({ port: 0, bodyBytesMax: LIMIT, answer, log: line => logged.push(line) })
})
afterAll(() => opened.listener?.close())
const port = () => opened.listener?.port ?? 0
const url = (path: string) => `http://127.0.0.1:${port()}${path}`

/** With a Host header of one's own, which fetch does not allow. */
const withHost = (host: string): Promise<{ status: number | undefined; type: string | undefined }> =>
  new Promise((resolve, reject) => {
    const asked = request({ port: port(), host: '127.0.0.1', path: '/', headers: { host } }, response => {
      response.resume()
      resolve({ status: response.statusCode, type: response.headers['content-type'] })
    })
    asked.on('error', reject)
    asked.end()
  })

describe('the listener', () => {
  test('hands on method, path, query, headers and body as they came', async () => {
    await fetch(url('/a%2Fb//c?x=%20&x=1'), { method: 'POST', body: 'abc', headers: { 'X-Two': 'v' } })
    expect(seen.at(-1)).toMatchObject({
      method: 'POST',
      path: '/a%2Fb//c',
      query: 'x=%20&x=1',
      body: Buffer.from('abc'),
      headers: { 'x-two': 'v' },
      sourceIp: '127.0.0.1',
    })
  })

  test('listens on the loopback only', async () => {
    const refused = await new Promise(resolve => {
      const socket = connect(port(), '127.0.0.2')
      socket.on('error', () => resolve(true))
      socket.on('connect', () => {
        socket.destroy()
        resolve(false)
      })
    })
    expect(refused).toBe(true)
  })

  test('HEAD has the length and no body, 304 has neither', async () => {
    const head = await fetch(url('/'), { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '6', ''])
    const unchanged = await fetch(url('/unchanged'))
    expect([unchanged.status, unchanged.headers.get('content-length'), unchanged.headers.get('etag')]).toEqual([304, null, '"1"'])
  })

  test('each cookie is a header of its own', async () => {
    expect((await fetch(url('/'))).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test.each(['127.0.0.1', '127.0.0.1:80', 'localhost:8383', 'LOCALHOST', '[::1]:1'])('answers as %s', async host =>
    expect((await withHost(host)).status).toBe(200),
  )

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.0.0.1@evil.example', 'localhost:x', 'localhost.'])(
    'a page of another site gets nothing: Host %j',
    async host => expect(await withHost(host)).toEqual({ status: 421, type: 'application/problem+json' }),
  )

  const post = (bytes: number) => fetch(url('/'), { method: 'POST', body: Buffer.alloc(bytes) })
  test('a body of just the limit is taken', async () => expect(await (await post(LIMIT)).text()).toBe(`POST ${LIMIT}`))

  test.each([LIMIT + 1, LIMIT * 2, LIMIT * 5000])('a body of %d bytes is refused before anyone sees it', async bytes => {
    const before = seen.length
    const refused = await post(bytes)
    expect([refused.status, refused.headers.get('content-type')]).toEqual([413, 'application/problem+json'])
    expect(await refused.json()).toMatchObject({ code: 'body-too-large', detail: expect.stringContaining('/patches/uploads') })
    expect(seen.length).toBe(before)
  })

  test('a failure of the runtime is 500 without its inside, which is logged', async () => {
    const failed = await fetch(url('/fails'))
    expect([failed.status, failed.headers.get('content-type')]).toEqual([500, 'application/problem+json'])
    expect(await failed.text()).not.toContain('the inside')
    expect(logged.join('\n')).toContain('GET /fails failed: Error: the inside')
  })

  test('a request that is no HTTP ends its own connection only', async () => {
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(port(), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'))
      let text = ''
      socket.on('data', chunk => {
        text += String(chunk)
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(said).toMatch(/^HTTP\/1\.1 400/)
    expect((await fetch(url('/'))).status).toBe(200)
  })

  test('a taken port is said in one line', async () => {
    const taken = listen({ port: port(), bodyBytesMax: 1, answer, log: () => undefined })
    await expect(taken).rejects.toThrow(`port ${port()} is taken; choose another with --port`)
  })

  test('closing frees the port', async () => {
    const first = await listen({ port: 0, bodyBytesMax: 1, answer, log: () => undefined })
    await first.close()
    const second = await listen({ port: first.port, bodyBytesMax: 1, answer, log: () => undefined })
    expect(second.port).toBe(first.port)
    await second.close()
  })
})
