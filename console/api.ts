import { type OperationId, operation, pathOf } from '../shared/operations/index.ts'
import { session } from './session.ts'

/** A problem document (RFC 9457), or what stands for one when the service could not be reached. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, title: string, detail: string) {
    super(detail ? `${title}: ${detail}` : title)
    this.name = 'Problem'
    this.status = status
    this.code = code
  }
}

type Options = {
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly etag?: string
  readonly signal?: AbortSignal
}

export type Answered<T> = { readonly body: T; readonly etag: string }

const queryOf = (query: Options['query'] = {}): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length > 0 ? `?${new URLSearchParams(given)}` : ''
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const problemOf = async (response: Response): Promise<Problem> => {
  const body: unknown = await response.json().catch(() => ({}))
  const { code, title, detail, message } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  return new Problem(response.status, text(code), text(title) || text(message) || `HTTP ${response.status}`, text(detail))
}

/** Asks for an operation by its name in the operations table. Throws a Problem. */
export const ask = async <T>(id: OperationId, options: Options = {}): Promise<Answered<T>> => {
  const { method, idempotent } = operation(id)
  const token = session.value?.token
  const response = await fetch(pathOf(id, options.parameters) + queryOf(options.query), {
    method,
    headers: {
      accept: 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotent ? { 'idempotency-key': crypto.randomUUID() } : {}),
      ...(options.etag ? { 'if-match': options.etag } : {}),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'unreachable', 'The service cannot be reached', 'It may be restarting.')
  })
  if (!response.ok) throw await problemOf(response)
  return { body: (await response.json()) as T, etag: response.headers.get('etag') ?? '' }
}
