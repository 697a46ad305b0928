import type { MapState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import type { Nest } from '../engine/frame.ts'
import { concurrencyMax, finishIfDone, startIterations } from '../engine/nest.ts'
import { move, record } from '../engine/turn.ts'
import { evaluate, evaluationFailure, failureIn, type Outcome, unexpected, type Visit } from '../engine/visit.ts'
import { details } from '../history/event.ts'
import { isJsonArray, type Json, parseJson } from '../json.ts'

const itemsOf = (visit: Visit<MapState>, made: Json | undefined): Outcome<readonly Json[]> => {
  const { state, frame } = visit
  if (made !== undefined) {
    if (isJsonArray(made)) return { ok: true, value: made }
    return unexpected(visit, state.items ?? null, 'Items', 'array', made)
  }
  const input = parseJson(frame.input)
  if (input.ok && isJsonArray(input.value)) return { ok: true, value: input.value }
  return evaluationFailure(visit, `Map state input must be an array but was: ${frame.input}`, undefined)
}

type Bounds = Pick<Nest, 'concurrencyMax' | 'failuresMax'>

/** MaxConcurrency 0 is as many as the service runs at once. A tolerated failure is one that does not fail the Map. */
const boundsOf = (
  visit: Visit<MapState>,
  total: number,
  [concurrency, count, percentage]: readonly (Json | undefined)[],
): Outcome<Bounds> => {
  const { state } = visit
  const runtime = (text: string) => ({ ok: false as const, failure: failureIn(visit, 'States.Runtime', text, 'always') })
  if (concurrency !== undefined && !Number.isInteger(concurrency))
    return unexpected(visit, state.maxConcurrency ?? null, 'MaxConcurrency', 'integer', concurrency)
  if (count !== undefined && !Number.isInteger(count))
    return unexpected(visit, state.toleratedFailureCount ?? null, 'ToleratedFailureCount', 'integer', count)
  if (percentage !== undefined && typeof percentage !== 'number')
    return unexpected(visit, state.toleratedFailurePercentage ?? null, 'ToleratedFailurePercentage', 'number', percentage)
  if (Number(concurrency ?? 0) < 0) return runtime('MaxConcurrency cannot be negative.')
  if (Number(count ?? 0) < 0) return runtime('ToleratedFailureCount cannot be negative.')
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    return runtime('ToleratedFailurePercentage must be between 0 and 100.')
  const wanted = Number(concurrency ?? 0)
  const byShare = percentage === undefined ? 0 : Math.floor((total * percentage) / 100)
  return {
    ok: true,
    value: {
      concurrencyMax: wanted === 0 ? concurrencyMax : Math.min(wanted, concurrencyMax),
      failuresMax: Math.max(Number(count ?? 0), byShare),
    },
  }
}

export const map = async (visit: Visit<MapState>): Promise<void> => {
  const { turn, frame, state } = visit
  const fields = [
    { location: 'Items', template: state.items },
    { location: 'MaxConcurrency', template: state.maxConcurrency },
    { location: 'ToleratedFailureCount', template: state.toleratedFailureCount },
    { location: 'ToleratedFailurePercentage', template: state.toleratedFailurePercentage },
  ]
  const evaluated = await evaluate(visit, fields)
  if (!evaluated.ok) return fail(visit, evaluated.failure)
  const [made, ...rest] = evaluated.value
  const items = itemsOf(visit, made)
  if (!items.ok) return fail(visit, items.failure)
  const total = items.value.length
  const bounds = boundsOf(visit, total, rest)
  if (!bounds.ok) return fail(visit, bounds.failure)
  record(turn, frame, 'MapStateStarted', details.mapStarted(total))
  visit.base = frame.last
  const texts = items.value.map(item => JSON.stringify(item))
  move(turn, frame, { is: 'nesting', nest: { ...bounds.value, total, items: texts, started: 0, failures: 0 } })
  await startIterations(visit, frame.last)
  await finishIfDone(visit, frame.last)
}
