import type { HistoryEvent } from '../history/event.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { executionIn } from './executions.ts'
import type { Parts } from './parts.ts'
import { bodyOf, flag, pageSize, pageToken, placeOf, seconds } from './request.ts'

const replaced = (value: Json, hash: string, token: string): Json => {
  if (typeof value === 'string') return value.replaceAll(hash, token)
  return isJsonObject(value) ? replacedIn(value, hash, token) : value
}
const replacedIn = (object: JsonObject, hash: string, token: string): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, item]) => [key, replaced(item, hash, token)]))

/** The history shows a task's token where the arguments held it, as the service does; on disk there is its hash. */
const detailsOf = ({ executions, tokens }: Parts, { details, tokenHash }: HistoryEvent): JsonObject => {
  const row = tokenHash === undefined ? undefined : executions.token(tokenHash)
  const token = row === undefined ? undefined : tokens.restore(row.id, row.hash)
  return row === undefined || token === undefined ? details : replacedIn(details, row.hash, token)
}

const withoutData = new Set(['input', 'output', 'parameters'])

const stripped = (details: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(details).map(([key, value]) => {
      if (!isJsonObject(value)) return [key, value]
      return [key, Object.fromEntries(Object.entries(value).filter(([name]) => !withoutData.has(name)))]
    }),
  )

export const getExecutionHistory = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const size = pageSize(body)
  const backwards = flag(body, 'reverseOrder') ?? false
  const list = backwards ? 'history backwards' : 'history'
  const place = placeOf(body, list, 3096)
  const { key } = executionIn(parts, body)
  const from = typeof place === 'number' ? place : backwards ? Number.MAX_SAFE_INTEGER : 0
  const { executions } = parts
  const events = backwards ? executions.eventsBackwards(key, from, size + 1) : executions.events(key, from, size + 1)
  const page = events.slice(0, size)
  const last = page.at(-1)
  const full = flag(body, 'includeExecutionData') ?? true
  return {
    events: page.map((event): JsonObject => {
      const details = full ? detailsOf(parts, event) : stripped(event.details)
      return { timestamp: seconds(event.at), type: event.type, id: event.id, previousEventId: event.previous, ...details }
    }),
    ...(events.length > size && last !== undefined ? { nextToken: pageToken(list, last.id) } : {}),
  }
}
