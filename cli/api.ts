import { ulid } from 'ulid'
import { type OperationId, operation, pathOf } from '../shared/operations/index.ts'
import { readLogin } from './credentials.ts'
import { Failure } from './failure.ts'
import { problemFailure } from './problem-failure.ts'
import type { Shell } from './shell.ts'
import { causeMessage, errorName } from './system-error.ts'

const REQUEST_SECONDS_MAX = 60
export const DEFAULT_URL = 'http://127.0.0.1:8383'

export type Ask = {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  /** The ETag that was seen. */
  readonly ifMatch?: string
}
export type Answered = { readonly status: number; readonly body: unknown; readonly etag: string | null }

/** The server's operations; whatever is not 2xx is thrown as a Failure. */
export type Api = {
  readonly server: string
  readonly call: (id: OperationId, ask?: Ask) => Promise<Answered>
  /** Sends a module's bytes to where the server said. */
  readonly upload: (url: string, headers: Readonly<Record<string, string>>, bytes: Uint8Array) => Promise<void>
}

export const serverUrl = (shell: Shell, option: string | undefined): string => {
  const text = option ?? (shell.env['SUPERSEDE_URL'] || DEFAULT_URL)
  try {
    const url = new URL(text)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('neither http nor https')
    return url.href.replace(/\/+$/, '')
  } catch {
    throw new Failure('usage', `${text} is no URL of a server`, `for example --url ${DEFAULT_URL}, or SUPERSEDE_URL in the environment`)
  }
}

const LOOPBACK = /^(127(\.\d+){3}|localhost|\[::1\])$/

const bearerFor = (shell: Shell, server: string): string => {
  const login = readLogin(shell, server)
  const howTo = `supersede login PERSON${server === DEFAULT_URL ? '' : ` --url ${server}`}`
  if (login === null) throw new Failure('notLoggedIn', `nobody is logged in at ${server}`, howTo)
  if (login.expiresAt !== null && login.expiresAt <= shell.now())
    throw new Failure('notLoggedIn', `the login of ${login.person} at ${server} has expired`, howTo)
  const { protocol, hostname } = new URL(server)
  if (protocol === 'http:' && !LOOPBACK.test(hostname))
    throw new Failure('usage', `${server} would be sent the login in clear text`, 'use https')
  return `Bearer ${login.token}`
}

const causeOf = (error: unknown): string =>
  errorName(error) === 'TimeoutError' ? `no answer within ${REQUEST_SECONDS_MAX} s` : causeMessage(error)

/** Sends one request; a network that fails is `unreachable`. */
export const send = async (server: string, url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(REQUEST_SECONDS_MAX * 1000) })
  } catch (error) {
    throw new Failure(
      'unreachable',
      `no answer from ${server}: ${causeOf(error)}`,
      'npm start runs a server on this machine; --url or SUPERSEDE_URL names another',
    )
  }
}

export const readBody = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** `..` as an id would lead to another route: URLs take such segments away. */
const checked = (path: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
  for (const [name, value] of Object.entries(path))
    if (value === '' || value === '.' || value === '..') throw new Failure('usage', `'${value}' is no ${name}`)
  return path
}

const queryOf = (query: Ask['query'] = {}): string => {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

const headersOf = (shell: Shell, server: string, id: OperationId, { body, ifMatch }: Ask): Record<string, string> => ({
  accept: 'application/json',
  ...(operation(id).audience === 'person' ? { authorization: bearerFor(shell, server) } : {}),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(operation(id).idempotent ? { 'idempotency-key': ulid(shell.now()) } : {}),
  ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
})

export const connect = (shell: Shell, server: string): Api => ({
  server,
  call: async (id, ask = {}) => {
    const url = `${server}${pathOf(id, checked(ask.path))}${queryOf(ask.query)}`
    const init = { method: operation(id).method, headers: headersOf(shell, server, id, ask) }
    const response = await send(server, url, ask.body === undefined ? init : { ...init, body: JSON.stringify(ask.body) })
    const body = await readBody(response)
    if (!response.ok) throw problemFailure(response.status, body)
    return { status: response.status, body, etag: response.headers.get('etag') }
  },
  upload: async (url, headers, bytes) => {
    const response = await send(new URL(url).origin, url, { method: 'PUT', headers: { ...headers }, body: Buffer.from(bytes) })
    if (!response.ok) throw new Failure('failure', `the upload was answered ${response.status}`)
  },
})
