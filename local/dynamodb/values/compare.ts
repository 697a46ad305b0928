import type { AttributeValue } from './attribute-value.ts'
import { attributeOf } from './attribute-value.ts'
import { compareDecimals, parseDecimal } from './decimal.ts'

/** Order of two scalars of one type; undefined when they have no order (other types, or two types). */
export const compareValues = (a: AttributeValue, b: AttributeValue): number | undefined => {
  if ('S' in a && 'S' in b) return a.S === b.S ? 0 : Buffer.compare(Buffer.from(a.S), Buffer.from(b.S))
  if ('N' in a && 'N' in b) {
    const left = parseDecimal(a.N)
    const right = parseDecimal(b.N)
    return left && right ? compareDecimals(left, right) : undefined
  }
  if ('B' in a && 'B' in b) return Buffer.compare(Buffer.from(a.B, 'base64'), Buffer.from(b.B, 'base64'))
  return undefined
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => {
  const members = new Set(a)
  return a.length === b.length && b.every(member => members.has(member))
}

/** Equality by type and value, sets without order. Numbers are normalized when they come in, so their text decides. */
export const sameValue = (a: AttributeValue, b: AttributeValue): boolean => {
  if ('S' in a) return 'S' in b && a.S === b.S
  if ('N' in a) return 'N' in b && a.N === b.N
  if ('B' in a) return 'B' in b && a.B === b.B
  if ('BOOL' in a) return 'BOOL' in b && a.BOOL === b.BOOL
  if ('NULL' in a) return 'NULL' in b
  if ('SS' in a) return 'SS' in b && sameSet(a.SS, b.SS)
  if ('NS' in a) return 'NS' in b && sameSet(a.NS, b.NS)
  if ('BS' in a) return 'BS' in b && sameSet(a.BS, b.BS)
  if ('L' in a) return 'L' in b && a.L.length === b.L.length && a.L.every((element, at) => sameAt(element, b.L[at]))
  if (!('M' in b)) return false
  const names = Object.keys(a.M)
  return names.length === Object.keys(b.M).length && names.every(name => sameAt(a.M[name], attributeOf(b.M, name)))
}

const sameAt = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a !== undefined && b !== undefined && sameValue(a, b)

/** `begins_with`: a string or binary that starts with another of its type. */
export const beginsWith = (value: AttributeValue, prefix: AttributeValue): boolean => {
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S)
  if (!('B' in value && 'B' in prefix)) return false
  const start = Buffer.from(prefix.B, 'base64')
  return Buffer.from(value.B, 'base64').subarray(0, start.length).equals(start)
}

/** `contains`: a substring, a member of a set, or an element of a list. */
export const containsValue = (whole: AttributeValue, part: AttributeValue): boolean => {
  if ('S' in whole) return 'S' in part && whole.S.includes(part.S)
  if ('B' in whole) return 'B' in part && Buffer.from(whole.B, 'base64').includes(Buffer.from(part.B, 'base64'))
  if ('SS' in whole) return 'S' in part && whole.SS.includes(part.S)
  if ('NS' in whole) return 'N' in part && whole.NS.includes(part.N)
  if ('BS' in whole) return 'B' in part && whole.BS.includes(part.B)
  if ('L' in whole) return whole.L.some(element => sameValue(element, part))
  return false
}

/** `size`: characters, bytes or elements; undefined for types without one. */
export const sizeOf = (value: AttributeValue): number | undefined => {
  if ('S' in value) return value.S.length
  if ('B' in value) return Buffer.from(value.B, 'base64').length
  if ('SS' in value) return value.SS.length
  if ('NS' in value) return value.NS.length
  if ('BS' in value) return value.BS.length
  if ('L' in value) return value.L.length
  if ('M' in value) return Object.keys(value.M).length
  return undefined
}
