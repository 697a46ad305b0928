import { TooManyConflicts } from '../append-change.ts'
import type { Log } from '../log.ts'
import type { Outcome } from './answer.ts'
import type { Exchange, HttpResult, Rendered } from './exchange.ts'
import { problem, problemDocument, Refusal } from './problem.ts'

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const

export const render = (outcome: Outcome, { correlationId }: Exchange): Rendered => {
  if (!('problem' in outcome)) {
    if (outcome.status === 304) return { statusCode: 304, body: '', headers: { ...outcome.headers } }
    const headers = { 'content-type': 'application/json', ...outcome.headers }
    const remembered = 'remembered' in outcome ? { remembered: JSON.stringify(outcome.remembered) } : {}
    return { statusCode: outcome.status, body: JSON.stringify(outcome.body), headers, ...remembered }
  }
  const { status, document } = problemDocument(outcome, `urn:supersede:request:${correlationId}`)
  return { statusCode: status, body: JSON.stringify(document), headers: { 'content-type': 'application/problem+json' } }
}

/** Errors of the rooms below that have an answer. They are known by name, because their door brings the whole room along. */
const expected = (error: unknown): Outcome | null => {
  if (error instanceof Refusal) return error.refused
  if (error instanceof Error && error.name === 'InvalidCursor')
    return problem('bad-cursor', 'Take the cursor from `next` of the page before, with the same filter; or leave it out to begin anew.')
  if (error instanceof TooManyConflicts) return problem('conflict', 'Repeat the request in a moment with a new Idempotency-Key.')
  return null
}

/** Every failure becomes a problem document here, and only here. What nobody foresaw is logged whole and told as little as possible. */
export const problemsStep =
  (log: Log) =>
  (request: { event: Exchange; error: Error | null | undefined; response: Rendered | null | undefined }): void => {
    const { error, event: exchange } = request
    const answer = expected(error)
    if (answer) {
      request.response = render(answer, exchange)
      return
    }
    log('error', 'request failed', { operation: exchange.operation.id, correlationId: exchange.correlationId, error })
    const detail = 'Repeat the request with the same Idempotency-Key; if it fails again, tell an operator the instance below.'
    request.response = render(problem('internal', detail), exchange)
  }

/** On every way out, replayed answers included: the headers that all answers carry, and one line about the request. */
export const seal = (log: Log, exchange: Exchange, { statusCode, body, headers }: Rendered, milliseconds: number): HttpResult => {
  const { operation, correlationId, person, host } = exchange
  const facts = { operation: operation.id, status: statusCode, correlationId, actor: person?.id ?? host?.host, milliseconds }
  log(statusCode >= 500 ? 'error' : operation.method === 'GET' || host ? 'debug' : 'info', 'request', facts)
  return { statusCode, body, headers: { ...SECURITY_HEADERS, ...headers, 'x-correlation-id': correlationId } }
}
