/**
 * What a caught value says. Errors are told by their shape and not by `instanceof`, because those of Node's own modules may come from
 * another realm.
 */
const field = (failure: unknown, name: 'message' | 'code' | 'cause'): unknown =>
  typeof failure === 'object' && failure !== null && name in failure ? Reflect.get(failure, name) : undefined

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** `ENOENT` and its like; null where there is none. */
export const codeOf = (failure: unknown): string | null => text(field(failure, 'code'))

/** The message of the cause, where there is one, else its own: fetch says only that it failed. */
export const messageOf = (failure: unknown): string =>
  text(field(field(failure, 'cause'), 'message')) ?? text(field(failure, 'message')) ?? String(failure)
