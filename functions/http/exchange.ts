import { randomUUID } from 'node:crypto'
import type { Person } from '../../shared/change/index.ts'
import type { Operation } from '../../shared/operations/index.ts'
import type { Decision } from '../../shared/policy/index.ts'
import type { CallingHost } from './identity.ts'

/** The parts of API Gateway's payload 2.0 that we read. */
export type HttpEvent = {
  readonly rawPath: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | undefined
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | undefined
  readonly body?: string | undefined
  readonly isBase64Encoded: boolean
  readonly requestContext: {
    readonly requestId: string
    readonly authorizer?:
      | {
          readonly jwt?: { readonly claims: Readonly<Record<string, unknown>> }
          readonly lambda?: Readonly<Record<string, unknown>> | null
        }
      | undefined
  }
}

export type HttpResult = { readonly statusCode: number; readonly body: string; readonly headers: Record<string, string> }
/** Before it leaves: `remembered` is the body for repetitions, where it is another one. */
export type Rendered = HttpResult & { readonly remembered?: string }

/** One request on its way through the chain; each middleware adds what it found out. */
export type Exchange = {
  readonly operation: Operation
  readonly event: HttpEvent
  /** The body's bytes as they came, taken before anything looks at them. */
  readonly raw: Uint8Array
  readonly correlationId: string
  /** Id and time that the request acts with. A retry under the same Idempotency-Key is given those of the first attempt. */
  id: string
  at: number
  person: Person | null
  host: CallingHost | null
  decision: Decision | null
  /** Path, query and body after the operation's schema accepted them. */
  input: unknown
}

const CORRELATION_ID = /^[A-Za-z0-9._-]{1,64}$/

export const openExchange = (operation: Operation, event: HttpEvent, id: string, at: number): Exchange => {
  const asked = event.headers['x-correlation-id'] ?? ''
  return {
    operation,
    event,
    raw: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    correlationId: CORRELATION_ID.test(asked) ? asked : event.requestContext.requestId || randomUUID(),
    id,
    at,
    person: null,
    host: null,
    decision: null,
    input: null,
  }
}
