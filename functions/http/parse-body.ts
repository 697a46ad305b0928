import { problem, Refusal } from './problem.ts'

export const DEPTH_MAX = 32
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Nesting depth of a JSON text, worked out without parsing it: a bomb must cost no more than one pass over its bytes. */
export const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === 0x5c) index += 1
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return deepest
}

/** Whether every text of the value, and every key, is made of whole characters: canonical JSON (RFC 8785) has no others. Depth is bounded already. */
const isWhole = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed()
  if (value === null || typeof value !== 'object') return true
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWhole(member))
}

/** The first key, anywhere in the value, that could reach an object's prototype; null where there is none. Depth is bounded already. */
export const forbiddenKey = (value: unknown): string | null => {
  if (value === null || typeof value !== 'object') return null
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) return key
    const inner = forbiddenKey(member)
    if (inner !== null) return inner
  }
  return null
}

const refuse = (detail: string) => new Refusal(problem('malformed-json', detail))

const isJson = (contentType: string | undefined): boolean => {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return type === 'application/json' || type.endsWith('+json')
}

/**
 * Parses a request's body. Bytes are counted first, nesting second, and only then is anything parsed.
 * Throws a Refusal; the value it returns has no key that names a prototype.
 */
export const parseBody = (raw: Uint8Array, contentType: string | undefined, bytesMax: number): unknown => {
  if (raw.byteLength > bytesMax)
    throw new Refusal(problem('body-too-large', `Send at most ${bytesMax} bytes; this body has ${raw.byteLength}.`, { bytesMax }))
  if (raw.byteLength === 0) throw refuse('Send a JSON object as the body.')
  if (!isJson(contentType)) throw new Refusal(problem('not-json', 'Send the header `content-type: application/json` with a JSON body.'))
  const text = decodeUtf8(raw)
  if (depthOf(text) > DEPTH_MAX) throw refuse(`Nest objects and arrays at most ${DEPTH_MAX} deep.`)
  const value = parseJson(text)
  const key = forbiddenKey(value)
  if (key !== null) throw refuse(`Remove the key ${JSON.stringify(key)}: it is not accepted anywhere.`)
  if (!isWhole(value)) throw refuse('Send whole characters: a text has one half of a surrogate pair.')
  return value
}

const decodeUtf8 = (raw: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    throw refuse('Encode the body as UTF-8.')
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse(`Send well-formed JSON: ${error instanceof SyntaxError ? error.message.slice(0, 120) : 'it cannot be parsed'}.`)
  }
}
