import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Credentials, type Scope, signedHeaders } from './signature-v4.ts'

/** Where and as whom a service is spoken to. */
export type Service = {
  readonly service: 's3' | 'kms' | 'states' | 'dynamodb' | 'events'
  readonly region: string
  readonly endpoint: string
  readonly credentials: () => Credentials
  readonly now: () => number
}

/** A service's refusal. `code` is its error's name, without namespace. */
export class ServiceError extends Error {
  override name = 'ServiceError'
  readonly code: string
  readonly status: number
  constructor(code: string, status: number, message: string) {
    super(`${code}: ${message}`)
    this.code = code
    this.status = status
  }
}

export type Sent = {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string | null
}

/** How an answer's body is read: `textOf`, `bytesOf`. */
export type Read<Body> = (response: Response) => Promise<Body>
export const textOf: Read<string> = response => response.text()
export const bytesOf: Read<Uint8Array> = async response => new Uint8Array(await response.arrayBuffer())

type Answer<Body> = { readonly status: number; readonly body: Body }

const ATTEMPTS_MAX = 4
const ATTEMPT_MILLISECONDS_MAX = 10_000
/** After this no further attempt begins, so that a function has time left to say that it failed. */
const BEGIN_MILLISECONDS_MAX = 8_000

const scopeOf = ({ service, region, credentials, now }: Service): Scope => ({ service, region, at: now(), credentials: credentials() })

/** A service that is busy or unwell may answer a repetition; what it refuses on our account it will refuse again. */
const isPassing = (status: number): boolean => status === 429 || status >= 500

/** One attempt, its body read whole, so that a connection that breaks in the middle counts as a failed attempt too. */
const attempt = async <Body>(to: Service, { method, path, headers, body }: Sent, read: Read<Body>): Promise<Answer<Body>> => {
  const url = new URL(path, to.endpoint)
  const { host: _, ...signed } = signedHeaders({ method, url, headers, bodyHash: hash('sha256', body ?? '') }, scopeOf(to))
  /* Not AbortSignal.timeout: that one's timer runs to its end, whatever was answered, and then makes an error for nobody. */
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(new Error(`${to.service} did not answer in time`)), ATTEMPT_MILLISECONDS_MAX)
  try {
    const sent = typeof body === 'string' ? body : body && Buffer.from(body)
    const response = await fetch(url, { method, headers: signed, body: sent, signal: patience.signal })
    return { status: response.status, body: await read(response) }
  } finally {
    clearTimeout(timer)
  }
}

/** Full jitter, as the callers of one busy service must not come back together. */
const pause = (tried: number): Promise<void> => sleep(Math.random() * 50 * 2 ** tried)

/**
 * Sends a signed request and returns status and body as `read` reads it, whatever the status; failures that pass are tried again. Every request we send may be repeated.
 *
 * Why not the service's own client: with it a function that writes an object, signs and speaks to DynamoDB has 395 KB, of which 225 KB
 * are for three calls; this file and its neighbours have 5.
 */
export const send = async <Body>(
  to: Service,
  sent: Sent,
  read: Read<Body>,
  tried = 0,
  begunAt = performance.now(),
): Promise<Answer<Body>> => {
  const isLast = tried + 1 >= ATTEMPTS_MAX || performance.now() - begunAt > BEGIN_MILLISECONDS_MAX
  try {
    const answer = await attempt(to, sent, read)
    if (!isPassing(answer.status) || isLast) return answer
  } catch (error) {
    if (isLast) throw error
  }
  await pause(tried)
  return send(to, sent, read, tried + 1, begunAt)
}
