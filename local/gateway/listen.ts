import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpAsk } from './http-api.ts'
import { type HttpAnswer, problem } from './problem.ts'

export type ListenOptions = {
  /** 0: any free one. */
  readonly port: number
  /** Bytes of a request's body at most. */
  readonly bodyBytesMax: number
  readonly answer: (ask: HttpAsk) => Promise<HttpAnswer>
  readonly log: (line: string) => void
}

export type Listener = { readonly port: number; readonly close: () => Promise<void> }

/** Null: too large. It is read to its end all the same, keeping none of it: a client that is cut off while it sends never sees the answer. */
const readBody = (request: IncomingMessage, bytesMax: number): Promise<Buffer | null> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= bytesMax) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => resolve(size > bytesMax ? null : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => reject(new Error('the client went away')))
  })

const headersOf = (request: IncomingMessage): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value
  return headers
}

/** A page of another site that a name server points at this machine (DNS rebinding) carries that site's name here. */
const isLoopbackHost = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? '')

const send = (response: ServerResponse, method: string, { status, headers, body, cookies }: HttpAnswer): void => {
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length, ...(cookies ? { 'set-cookie': [...cookies] } : {}) })
  response.end(method === 'HEAD' || status === 304 ? undefined : body)
}

const handle = async (request: IncomingMessage, { bodyBytesMax, answer }: ListenOptions): Promise<HttpAnswer> => {
  const headers = headersOf(request)
  if (!isLoopbackHost(headers['host']))
    return problem(421, 'misdirected', 'Misdirected request', 'This runtime answers on the loopback only: ask http://127.0.0.1.')
  const body = await readBody(request, bodyBytesMax)
  if (!body)
    return problem(
      413,
      'body-too-large',
      'Body too large',
      `A request's body may have ${bodyBytesMax} bytes. For a larger module ask POST /patches/uploads.`,
      { connection: 'close' },
    )
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  return answer({ method: request.method ?? 'GET', path, query, headers, body, sourceIp: request.socket.remoteAddress ?? '127.0.0.1' })
}

/** Listens on the loopback only; a taken port is a rejection that says so. */
export const listen = async (options: ListenOptions): Promise<Listener> => {
  const server: Server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    handle(request, options)
      .catch((error: unknown) => {
        options.log(`${request.method} ${request.url} failed: ${error instanceof Error ? error.stack : String(error)}`)
        return problem(500, 'internal', 'Internal server error', 'The local runtime failed on this request; its log says how.')
      })
      .then(result => send(response, request.method ?? 'GET', result))
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${options.port} is taken; choose another with --port`) : error),
    )
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
