import { type OperationId, operation, pathOf } from '../shared/operations/index.ts'

export type Answer = { readonly status: number; readonly etag: string; readonly body: Record<string, unknown> }

export type Ask = {
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The same key again is the same request: after a crash the demonstration asks again and nothing happens twice. */
  readonly key?: string
  readonly etag?: string
}

export type Client = (id: OperationId, ask?: Ask) => Promise<Answer>

/** What the service answered when it should have done something. */
export class Refused extends Error {
  readonly status: number
  constructor(id: OperationId, { status, body }: Answer) {
    super(`${id} was answered with ${status}: ${String(body['title'] ?? '')} ${String(body['detail'] ?? '')}`)
    this.status = status
  }
}

/** A person's or a process's way to the API; `token` is asked for each request. */
export const openClient =
  (url: string, token: () => Promise<string>): Client =>
  async (id, { parameters = {}, query, body, key, etag } = {}) => {
    const search = query ? `?${new URLSearchParams(query)}` : ''
    const response = await fetch(`${url}${pathOf(id, parameters)}${search}`, {
      method: operation(id).method,
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key ? { 'idempotency-key': key } : {}),
        ...(etag ? { 'if-match': etag } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const parsed: unknown = await response.json().catch(() => ({}))
    return {
      status: response.status,
      etag: response.headers.get('etag') ?? '',
      body: typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {},
    }
  }

/** The answer's body if the status is one of those expected, else an error that tells what was said. */
export const expecting = async (client: Client, id: OperationId, ask: Ask, ...statuses: readonly number[]): Promise<Answer> => {
  const answer = await client(id, ask)
  if (!statuses.includes(answer.status)) throw new Refused(id, answer)
  return answer
}
