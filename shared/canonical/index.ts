import { hash } from 'node:crypto'

/** A value that JSON can carry without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

type Members = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null

/** Members in the order of their keys; Array.prototype.sort compares by UTF-16 code units. */
const membersOf = (value: Members): string => {
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`
  }
  return text
}

/**
 * Canonical JSON: keys sorted by UTF-16 code units, no white space, as RFC 8785 (JCS) orders and writes them.
 * Everything that is hashed or signed is written with this, so that two sides agree on the bytes.
 * Undefined members are left out, as JSON.stringify does. Throws on NaN and infinities, which JSON cannot carry.
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN or infinity')
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`
  return isObject(value) ? `{${membersOf(value)}}` : JSON.stringify(value)
}

/** SHA-256 in lower-case hex. */
export const sha256 = (bytes: string | Uint8Array): string => hash('sha256', bytes)

/** SHA-256 (hex) of a value's canonical JSON. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value))
