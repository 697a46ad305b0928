/** Reading a request's members, and refusing it in the service's words. */
import { isJsonObject, type Json, type JsonObject, own } from '../json.ts'

/** An error of the API. The only exceptions of the operations; `handle` turns them into answers. */
export class ApiError extends Error {
  readonly type: string
  readonly more: JsonObject
  constructor(type: string, message: string, more: JsonObject = {}) {
    super(message)
    this.type = type
    this.more = more
  }
}

export const validationError = (message: string): ApiError => new ApiError('ValidationException', `1 validation error detected: ${message}`)

const constraint = (value: Json, name: string, rule: string): ApiError =>
  validationError(`Value ${value === null ? 'null' : `'${String(value)}'`} at '${name}' failed to satisfy constraint: ${rule}`)

export const bodyOf = (body: unknown): JsonObject => {
  const value: Json = body === undefined ? {} : JSON.parse(JSON.stringify(body))
  if (!isJsonObject(value)) throw new ApiError('SerializationException', 'The request body must be a JSON object')
  return value
}

type Lengths = { readonly min?: number; readonly max?: number }

export const optionalText = (body: JsonObject, name: string, { min = 0, max = 2 ** 31 }: Lengths = {}): string | undefined => {
  const value = own(body, name)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new ApiError('SerializationException', `The member ${name} must be a string`)
  if (value.length < min) throw constraint(value, name, `Member must have length greater than or equal to ${min}`)
  if (value.length > max) throw constraint(value, name, `Member must have length less than or equal to ${max}`)
  return value
}

export const requiredText = (body: JsonObject, name: string, lengths: Lengths = {}): string => {
  const value = optionalText(body, name, { min: 1, ...lengths })
  if (value === undefined) throw constraint(null, name, 'Member must not be null')
  return value
}

export const oneOf = <T extends string>(body: JsonObject, name: string, allowed: readonly T[]): T | undefined => {
  const value = optionalText(body, name)
  if (value === undefined) return undefined
  const found = allowed.find(candidate => candidate === value)
  if (found === undefined) throw constraint(value, name, `Member must satisfy enum value set: [${allowed.join(', ')}]`)
  return found
}

export const flag = (body: JsonObject, name: string): boolean | undefined => {
  const value = own(body, name)
  return typeof value === 'boolean' ? value : undefined
}

/** The size of a page: 0 or nothing means as many as fit. */
export const pageSize = (body: JsonObject): number => {
  const value = own(body, 'maxResults') ?? 0
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new ApiError('SerializationException', 'The member maxResults must be an integer')
  if (value < 0) throw constraint(value, 'maxResults', 'Member must have value greater than or equal to 0')
  if (value > 1000) throw constraint(value, 'maxResults', 'Member must have value less than or equal to 1000')
  return value === 0 ? 100 : value
}

/** Page tokens are opaque: a word for the list and the place in it. */
export const pageToken = (list: string, place: string | number): string => Buffer.from(JSON.stringify([list, place])).toString('base64url')

export const placeOf = (body: JsonObject, list: string, max: number): string | number | undefined => {
  const token = optionalText(body, 'nextToken', { min: 1, max })
  if (token === undefined) return undefined
  try {
    const parsed: Json = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    const [name, place] = Array.isArray(parsed) ? parsed : []
    if (name === list && (typeof place === 'string' || typeof place === 'number')) return place
  } catch {
    /* Not one of ours: refused below. */
  }
  throw new ApiError('InvalidToken', `Invalid Token: 'Invalid token'`)
}

export const arnIn = (body: JsonObject, name: string): string => {
  const arn = requiredText(body, name, { max: 2000 })
  if (!arn.startsWith('arn:')) throw new ApiError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`)
  return arn
}

/** AWS JSON has instants in epoch seconds, with milliseconds behind the point. */
export const seconds = (ms: number): number => ms / 1000
