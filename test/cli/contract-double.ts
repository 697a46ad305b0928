import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { OPERATIONS, type Operation, type OperationId } from '../../shared/operations/index.ts'

/** One request as it came in, matched against the table of operations. */
export type Seen = {
  readonly id: OperationId | 'issuer' | 'upload'
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  readonly bytes: Uint8Array
}
export type Reply = { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
export type Routes = Partial<Record<Seen['id'], (seen: Seen) => Reply>>

export const problem = (status: number, code: string, title: string, detail: string, more: object = {}): Reply => ({
  status,
  body: { type: `https://supersede.dev/problems/${code}`, status, code, title, detail, ...more },
  headers: { 'content-type': 'application/problem+json' },
})

const match = (
  method: string,
  pathname: string,
): { readonly operation: Operation & { readonly id: OperationId }; readonly path: Record<string, string> } | null => {
  for (const operation of OPERATIONS) {
    const pattern = new RegExp(`^${operation.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    const found = operation.method === method ? pattern.exec(pathname) : null
    if (found)
      return { operation, path: Object.fromEntries(Object.entries(found.groups ?? {}).map(([k, v]) => [k, decodeURIComponent(v)])) }
  }
  return null
}

/** What the contract demands of every request, before any handler looks at it. */
const demanded = (operation: Operation, headers: IncomingMessage['headers']): Reply | null => {
  if (operation.audience === 'person' && headers.authorization !== 'Bearer good.token.here')
    return problem(401, 'unauthenticated', 'Nobody is signed in', 'Send a token.')
  if (operation.idempotent && !/^[0-9A-HJKMNP-TV-Z]{26}$/.test(String(headers['idempotency-key'] ?? '')))
    return problem(400, 'missing-idempotency-key', 'An Idempotency-Key is needed', 'Send one.')
  if (operation.id === 'control-change' && headers['if-match'] === undefined)
    return problem(428, 'missing-if-match', 'An If-Match is needed', 'Send the ETag.')
  return null
}

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

/**
 * A server that answers as the contract says: the real paths, the demanded headers, problem documents. What each operation
 * answers is the test's; what came in is kept.
 */
export const startDouble = async (routes: Routes) => {
  const seen: Seen[] = []
  const answer = (reply: Reply, response: ServerResponse): void => {
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body))
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://double')
    const bytes = await readAll(request)
    const base = { query: Object.fromEntries(url.searchParams), headers: request.headers, body: parsed(bytes), bytes }
    const special = url.pathname === '/issuer/token' ? 'issuer' : url.pathname.startsWith('/bucket/') ? 'upload' : null
    const found = special === null ? match(request.method ?? '', url.pathname) : null
    const id = special ?? found?.operation.id
    if (id === undefined) return answer(problem(404, 'unknown-route', 'No such route', 'There is none.'), response)
    const refused = found === null ? null : demanded(found.operation, request.headers)
    const one: Seen = { ...base, id, path: found?.path ?? {} }
    seen.push(one)
    answer(refused ?? routes[id]?.(one) ?? problem(404, 'unknown', 'The test has no answer for this', id), response)
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the double did not get a port')
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${address.port}`, seen, stop }
}
