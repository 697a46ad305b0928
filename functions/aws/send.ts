import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
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
  readonly body: Uint8Array | null
}

const ATTEMPTS_MAX = 4
const ATTEMPT_MILLISECONDS_MAX = 10_000
/** After this no further attempt begins, so that a function has time left to say that it failed. */
const BEGIN_MILLISECONDS_MAX = 8_000

const scopeOf = ({ service, region, credentials, now }: Service): Scope => ({ service, region, at: now(), credentials: credentials() })

/** A service that is busy or unwell may answer a repetition; what it refuses on our account it will refuse again. */
const isPassing = (status: number): boolean => status === 429 || status >= 500

/** One attempt, its body read whole, so that a connection that breaks in the middle counts as a failed attempt too. */
const attempt = async (to: Service, { method, path, headers, body }: Sent): Promise<{ status: number; bytes: Uint8Array }> => {
  const url = new URL(path, to.endpoint)
  const bodyHash = createHash('sha256')
    .update(body ?? '')
    .digest('hex')
  const { host: _, ...signed } = signedHeaders({ method, url, headers, bodyHash }, scopeOf(to))
  const response = await fetch(url, {
    method,
    headers: signed,
    body: body && Buffer.from(body),
    signal: AbortSignal.timeout(ATTEMPT_MILLISECONDS_MAX),
  })
  return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
}

/** Full jitter, as the callers of one busy service must not come back together. */
const pause = (tried: number): Promise<void> => setTimeout(Math.random() * 50 * 2 ** tried)

/**
 * Sends a signed request and returns status and body, whatever the status; failures that pass are tried again. Every request we send may be repeated.
 *
 * Why not the service's own client: with it a function that writes an object, signs and speaks to DynamoDB has 395 KB, of which 225 KB
 * are for three calls; this file and its neighbours have 5.
 */
export const send = async (
  to: Service,
  sent: Sent,
  tried = 0,
  begunAt = performance.now(),
): Promise<{ status: number; bytes: Uint8Array }> => {
  const isLast = tried + 1 >= ATTEMPTS_MAX || performance.now() - begunAt > BEGIN_MILLISECONDS_MAX
  try {
    const answer = await attempt(to, sent)
    if (!isPassing(answer.status) || isLast) return answer
  } catch (error) {
    if (isLast) throw error
  }
  await pause(tried)
  return send(to, sent, tried + 1, begunAt)
}
