import { hash } from 'node:crypto'
import type { AttributeValue } from './attribute-value.ts'
import { type Decimal, parseDecimal } from './decimal.ts'

/*
 * Keys as bytes whose memcmp order is DynamoDB's order:
 *
 *   item key   = hash(partition) ‖ length ‖ partition ‖ sort
 *   index key  = hash(partition) ‖ length ‖ partition ‖ sort ‖ item key      (so that equal index keys stay distinct)
 *
 * hash is four bytes of MD5, as the service spreads partitions by a hash: scans come out in its order, and a parallel
 * scan's segment is a range of it. A sort value is escaped (00 → 00 FF) and ended by 00 00, so that no value's encoding
 * is a prefix of another's and shorter values sort first.
 */
const hashBytes = 4
const terminator = Buffer.from([0, 0])

const negativeTag = 1
const zeroTag = 2
const positiveTag = 3

/** Sign, exponent, digits; for negative numbers everything after the sign is complemented, and ended by FF. */
export const encodeDecimal = ({ negative, digits, exponent }: Decimal): Buffer => {
  if (digits === '') return Buffer.from([zeroTag])
  const biased = exponent + 129
  if (!negative) return Buffer.concat([Buffer.from([positiveTag, biased]), Buffer.from(digits, 'latin1')])
  const bytes = Buffer.alloc(digits.length + 3, 0xff)
  bytes[0] = negativeTag
  bytes[1] = 0xff - biased
  for (let at = 0; at < digits.length; at++) bytes[at + 2] = 0xff - digits.charCodeAt(at)
  return bytes
}

/** The bytes of a key attribute: UTF-8, raw bytes, or an ordered number. */
export const keyBytes = (value: AttributeValue): Buffer => {
  if ('S' in value) return Buffer.from(value.S, 'utf8')
  if ('B' in value) return Buffer.from(value.B, 'base64')
  const number = 'N' in value ? parseDecimal(value.N) : undefined
  if (!number) throw new TypeError('a key attribute is a string, a number or binary')
  return encodeDecimal(number)
}

const escaped = (bytes: Buffer): Buffer => {
  if (!bytes.includes(0)) return bytes
  const out: number[] = []
  for (const byte of bytes) {
    out.push(byte)
    if (byte === 0) out.push(0xff)
  }
  return Buffer.from(out)
}

export const partitionPrefix = (partition: AttributeValue): Buffer => {
  const bytes = keyBytes(partition)
  const spread = hash('md5', Buffer.concat([Buffer.from('Outliers'), bytes]), 'buffer')
  const head = Buffer.alloc(hashBytes + 2)
  spread.copy(head, 0, 0, hashBytes)
  head.writeUInt16BE(bytes.length, hashBytes)
  return Buffer.concat([head, bytes])
}

export const encodeSort = (value: AttributeValue): Buffer => Buffer.concat([escaped(keyBytes(value)), terminator])

/** The escaped bytes without their end: a range that starts here and stops at `after` holds what begins with the value. */
export const encodeSortPrefix = (value: AttributeValue): Buffer => escaped(keyBytes(value))

export const itemKey = (partition: AttributeValue, sort: AttributeValue | undefined): Buffer =>
  sort ? Buffer.concat([partitionPrefix(partition), encodeSort(sort)]) : partitionPrefix(partition)

/** The least key above every key that starts with these bytes; undefined when there is none. */
export const after = (prefix: Buffer): Buffer | undefined => {
  let end = prefix.length
  while (end > 0 && prefix[end - 1] === 0xff) end--
  if (end === 0) return undefined
  const bound = Buffer.from(prefix.subarray(0, end))
  bound[end - 1] = (bound[end - 1] ?? 0) + 1
  return bound
}

/** The key range of one segment of a parallel scan: [from, to), either end open when undefined. */
export const segmentRange = (segment: number, total: number): { from: Buffer | undefined; to: Buffer | undefined } => {
  const edge = (at: number): Buffer | undefined => {
    if (at === 0 || at === total) return undefined
    const bytes = Buffer.alloc(hashBytes)
    bytes.writeUInt32BE(Math.ceil((0x1_0000_0000 / total) * at))
    return bytes
  }
  return { from: edge(segment), to: edge(segment + 1) }
}
