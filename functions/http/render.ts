import type { Log } from '../log.ts'
import type { Outcome } from './answer.ts'
import type { Exchange, HttpResult } from './exchange.ts'
import { problem, problemDocument, Refusal } from './problem.ts'

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const

export const render = (outcome: Outcome, { correlationId }: Exchange): HttpResult => {
  if (!('problem' in outcome)) {
    const headers = { 'content-type': 'application/json', ...outcome.headers }
    return { statusCode: outcome.status, body: JSON.stringify(outcome.body), headers }
  }
  const { status, document } = problemDocument(outcome, `urn:supersede:request:${correlationId}`)
  return { statusCode: status, body: JSON.stringify(document), headers: { 'content-type': 'application/problem+json' } }
}

/** Every failure becomes a problem document here, and only here. What nobody foresaw is logged whole and told as little as possible. */
export const problemsStep =
  (log: Log) =>
  (request: { event: Exchange; error: Error | null | undefined; response: HttpResult | null | undefined }): void => {
    const { error, event: exchange } = request
    if (error instanceof Refusal) {
      request.response = render(error.refused, exchange)
      return
    }
    log('error', 'request failed', { operation: exchange.operation.id, correlationId: exchange.correlationId, error })
    const detail = 'Repeat the request with the same Idempotency-Key; if it fails again, tell an operator the instance below.'
    request.response = render(problem('internal', detail), exchange)
  }

/** On every way out, replayed answers included: the headers that all answers carry, and one line about the request. */
export const seal = (log: Log, exchange: Exchange, result: HttpResult, milliseconds: number): HttpResult => {
  const { operation, correlationId, person, host } = exchange
  const facts = { operation: operation.id, status: result.statusCode, correlationId, actor: person?.id ?? host?.host, milliseconds }
  log(result.statusCode >= 500 ? 'error' : operation.method === 'GET' || host ? 'debug' : 'info', 'request', facts)
  return { ...result, headers: { ...SECURITY_HEADERS, ...result.headers, 'x-correlation-id': correlationId } }
}
