import type { MessagePort } from 'node:worker_threads'
import type { HttpAsk } from '../gateway/http-api.ts'
import type { HttpAnswer } from '../gateway/problem.ts'
import { WholeResponse } from './whole-response.ts'

/*
 * The way from a function's thread to the services of this machine: the thread's port instead of a socket. A function sends an HTTP request to
 * an endpoint that its environment names, as ever; only here it never leaves the process, where a socket costs more than what is asked.
 */

/** The services, and the endpoint that the functions' environment names for them. */
export type LocalServices = { readonly endpoint: string; readonly answer: (ask: HttpAsk) => Promise<HttpAnswer> }

/** Text stays text: bytes would each time be copied with the pool of buffers that they lie in. */
type Carried = Uint8Array | string
type Asked = { readonly id: number; readonly ask: Omit<HttpAsk, 'body'> & { readonly body: Carried } }
type Answered = { readonly id: number; readonly answer: Pick<HttpAnswer, 'status' | 'headers'> & { readonly body: Carried } }

/** This end: answers what a function's thread asks. What cannot be answered is a service's failure, as over a socket. */
export const serveWire = (port: MessagePort, { answer }: LocalServices): void => {
  port.on('message', async ({ id, ask }: Asked) => {
    const { status, headers, body } = await answer({ ...ask, body: Buffer.from(ask.body) }).catch(
      (error: unknown): HttpAnswer => ({
        status: 500,
        headers: {},
        body: JSON.stringify({ __type: 'InternalServerError', message: String(error) }),
      }),
    )
    port.postMessage({ id, answer: { status, headers, body } } satisfies Answered)
  })
  port.unref()
}

/** Null: a body of another kind, which only a socket takes. */
const carriedOf = (body: unknown): Carried | null => {
  if (body === null || body === undefined) return ''
  return typeof body === 'string' || body instanceof Uint8Array ? body : null
}

const headersOf = (headers: HeadersInit | undefined): Readonly<Record<string, string>> =>
  headers instanceof Headers || Array.isArray(headers)
    ? Object.fromEntries(new Headers(headers))
    : Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))

/** The function's end: a `fetch` that goes over the wire where it is addressed to the services, and is the given one for all else. */
export const fetchOverWire = (port: MessagePort, endpoint: string, plain: typeof fetch): typeof fetch => {
  const waiting = new Map<number, (answer: Answered['answer']) => void>()
  let next = 0
  port.on('message', ({ id, answer }: Answered) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
    if (waiting.size === 0) port.unref()
  })
  port.unref()

  const ask = (url: URL, init: RequestInit, body: Carried): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const id = ++next
    waiting.set(id, ({ status, headers, body }) => resolve(new WholeResponse(body, { status, headers: { ...headers } })))
    init.signal?.addEventListener('abort', () => {
      if (waiting.delete(id)) reject(init.signal?.reason)
    })
    port.ref()
    const headers = { ...headersOf(init.headers), host: url.host }
    const asked: Asked = {
      id,
      ask: { method: init.method ?? 'GET', path: url.pathname, query: url.search.slice(1), headers, body, sourceIp: '127.0.0.1' },
    }
    port.postMessage(asked)
    return promise
  }

  return (input, init = {}) => {
    if (input instanceof Request || !String(input).startsWith(`${endpoint}/`)) return plain(input, init)
    const body = carriedOf(init.body)
    return body === null ? plain(input, init) : ask(new URL(input), init, body)
  }
}
