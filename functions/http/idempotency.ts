import type { MiddlewareObj } from '@middy/core'
import { sha256 } from '../../shared/canonical/index.ts'
import type { AnswerToKeep, Idempotency } from '../../shared/store/index.ts'
import type { Exchange, Rendered } from './exchange.ts'
import { type Problem, problem, Refusal } from './problem.ts'

/** Visible ASCII, as the header is quoted in logs and keys. */
const KEY = /^[\x21-\x7e]{1,128}$/

export const keyOf = ({ event }: Exchange): string => {
  const key = event.headers['idempotency-key']
  if (key !== undefined && KEY.test(key)) return key
  throw new Refusal(
    problem(
      'missing-idempotency-key',
      'Send the header `Idempotency-Key` with 1 to 128 visible characters that you make up for this request, and the same one when you repeat it.',
    ),
  )
}

/** Keys belong to a person and an operation, so that nobody can read or block another one's answer. */
const scopeOf = ({ person, operation }: Exchange): string => `${person?.id ?? ''}/${operation.id}`

/** Of the path and the body's bytes: the same key for another change is another request, too. */
const hashOf = ({ event, raw }: Exchange): string => sha256(Buffer.concat([Buffer.from(`${event.rawPath}\n`), raw]))

/** Headers that belong to the answer; those about the exchange are made anew for a replay. */
const kept = ({ headers }: Rendered): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => ['content-type', 'location', 'etag'].includes(name)))

export const recordOf = (exchange: Exchange, result: Rendered): AnswerToKeep => ({
  scope: scopeOf(exchange),
  key: keyOf(exchange),
  bodyHash: hashOf(exchange),
  status: result.statusCode,
  body: result.remembered ?? result.body,
  headers: kept(result),
  at: exchange.at,
})

type Found = { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }
export const replayOf = ({ status, body, headers }: Found): Rendered => ({
  statusCode: status,
  body,
  headers: { ...headers, 'idempotency-replayed': 'true' },
})

export const OTHER_BODY: Problem = problem(
  'idempotency-key-reused',
  'This Idempotency-Key came with another request before; make up a new one for a new request.',
)
export const IN_PROGRESS: Problem = problem(
  'request-in-progress',
  'The same request is still being worked on; repeat it with the same key in a few seconds.',
)

/**
 * Answers a repeated request with the first one's answer. What the first attempt was given as id and time is given to a repetition
 * of it as well, so that an attempt that died half way is continued and not doubled.
 * An answer above 499 is not kept: the same request may well succeed later.
 */
export const remembered = (idempotency: () => Idempotency): MiddlewareObj<Exchange, Rendered> => {
  const finish = async (exchange: Exchange, result: Rendered): Promise<void> => {
    if (result.statusCode >= 500) return
    await idempotency().finish(recordOf(exchange, result))
  }
  const begun = new WeakSet<Exchange>()
  const before = async ({ event: exchange }: { event: Exchange }): Promise<Rendered | undefined> => {
    const request = { scope: scopeOf(exchange), key: keyOf(exchange), bodyHash: hashOf(exchange), at: exchange.at, id: exchange.id }
    const found = await idempotency().begin(request)
    switch (found.state) {
      case 'fresh':
        exchange.id = found.id
        exchange.at = found.at
        begun.add(exchange)
        return undefined
      case 'done':
        return replayOf(found)
      case 'other-body':
        throw new Refusal(OTHER_BODY)
      case 'in-progress':
        throw new Refusal(IN_PROGRESS)
    }
  }
  const settle = async (request: { event: Exchange; response: Rendered | null | undefined }): Promise<void> => {
    if (request.response && begun.delete(request.event)) await finish(request.event, request.response)
  }
  return { before, after: settle, onError: settle }
}
