import { textOf } from './terminal/read-json.ts'

/** `ENOENT` and its like. Read from the value, not by instanceof: errors of Node's own modules may come from another realm. */
export const systemCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? textOf(error.code) : ''

export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? textOf(error.message) : String(error)

/** What a failed fetch was really about: Node's says only "fetch failed". */
export const causeMessage = (error: unknown): string => {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined
  return cause === undefined ? messageOf(error) : messageOf(cause) || systemCode(cause) || messageOf(error)
}

export const errorName = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error ? textOf(error.name) : ''
