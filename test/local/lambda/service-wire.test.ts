import { MessageChannel } from 'node:worker_threads'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { HttpAsk } from '../../../local/gateway/http-api.ts'
import { fetchOverWire, serveWire } from '../../../local/lambda/service-wire.ts'

const endpoint = 'http://127.0.0.1:4711'
const asked: HttpAsk[] = []
const { port1, port2 } = new MessageChannel()
serveWire(port1, {
  endpoint,
  answer: async ask => {
    asked.push(ask)
    if (ask.path === '/silent') return new Promise(() => {})
    if (ask.path === '/broken') throw new Error('out of order')
    if (ask.path === '/nothing') return { status: 204, headers: {}, body: '' }
    return { status: 200, headers: { 'x-path': ask.path }, body: ask.path === '/bytes' ? ask.body : `${ask.body}!` }
  },
})
const wire = fetchOverWire(port2, endpoint, async () => new Response('the socket'))
afterAll(() => {
  port1.close()
})

describe('what a function asks of this machine’s services', () => {
  test('arrives as it was sent, text and bytes', async () => {
    const text = await wire(`${endpoint}/a%20b?c=d`, { method: 'POST', headers: { 'X-Amz-Target': 'T' }, body: 'grüße' })
    expect([text.status, text.ok, text.headers.get('x-path'), await text.text()]).toEqual([200, true, '/a%20b', 'grüße!'])
    expect(asked.at(-1)).toMatchObject({ method: 'POST', query: 'c=d', headers: { 'x-amz-target': 'T', host: '127.0.0.1:4711' } })
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    expect(await (await wire(`${endpoint}/bytes`, { method: 'PUT', body: bytes })).bytes()).toEqual(bytes)
    expect(await (await wire(new URL(`${endpoint}/json`), { method: 'POST', body: '"a' })).blob()).toMatchObject({ size: 3 })
  })

  test('is answered with a Response that is read once', async () => {
    const answer = await wire(`${endpoint}/x`, { method: 'POST', body: '1' })
    expect([await answer.clone().text(), await answer.text(), answer.bodyUsed]).toEqual(['1!', '1!', true])
    await expect(answer.arrayBuffer()).rejects.toThrow('already been read')
    expect(await (await wire(`${endpoint}/nothing`)).text()).toBe('')
  })

  test('that cannot be answered is the service’s failure', async () => {
    const answer = await wire(`${endpoint}/broken`)
    expect([answer.status, await answer.json()]).toEqual([500, { __type: 'InternalServerError', message: 'Error: out of order' }])
  })

  test('can be given up', async () => {
    const patience = new AbortController()
    const answer = wire(`${endpoint}/silent`, { signal: patience.signal })
    patience.abort(new Error('waited long enough'))
    await expect(answer).rejects.toThrow('waited long enough')
  })

  test('and what is asked of anybody else takes the socket', async () => {
    expect(await (await wire('http://127.0.0.1:4712/x')).text()).toBe('the socket')
    expect(await (await wire(new Request(`${endpoint}/x`))).text()).toBe('the socket')
  })
})
