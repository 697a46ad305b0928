import type { MiddlewareObj } from '@middy/core'
import type { KeptAnswer, KeptAnswers } from '../../shared/store/index.ts'
import type { Outcome } from './answer.ts'
import type { Exchange, Rendered } from './exchange.ts'
import { keyOf, OTHER_BODY, recordOf, replayOf } from './idempotency.ts'
import { render } from './render.ts'

/**
 * Answers a repeated request of an operation that is one commit. Nothing is noted before: the commit keeps its answer, and where that finds
 * another one under its key the operation is not done, and the other one is given. Refusals, and answers for which nothing had to be done,
 * are kept alone.
 */
export const keptWithCommit = (answers: () => KeptAnswers) => {
  const rendered = new WeakMap<Outcome, Rendered>()
  const appended = new WeakSet<Rendered>()
  const admitted = new WeakSet<Exchange>()
  const renderOnce = (outcome: Outcome, exchange: Exchange): Rendered => {
    const result = rendered.get(outcome) ?? render(outcome, exchange)
    rendered.set(outcome, result)
    return result
  }
  const keep = (exchange: Exchange, outcome: Outcome): Promise<KeptAnswer> => {
    const result = renderOnce(outcome, exchange)
    appended.add(result)
    return answers().alongside(recordOf(exchange, result))
  }
  const settle = async (request: { event: Exchange; response: Rendered | null | undefined }): Promise<void> => {
    const { event: exchange, response } = request
    if (!admitted.delete(exchange) || !response || response.statusCode >= 500 || appended.has(response)) return
    const found = await answers().keep(recordOf(exchange, response))
    if (found.state === 'done') request.response = replayOf(found)
    if (found.state === 'other-body') request.response = render(OTHER_BODY, exchange)
  }
  const before = ({ event: exchange }: { event: Exchange }): void => {
    keyOf(exchange)
    admitted.add(exchange)
  }
  return { render: renderOnce, keep, steps: { before, after: settle, onError: settle } satisfies MiddlewareObj<Exchange, Rendered> }
}
