import { hash } from 'node:crypto'
import type { AttributeValue } from './attribute-value.ts'
import { type Decimal, parseDecimal } from './decimal.ts'

/*
 * Keys as bytes whose memcmp order is DynamoDB's order:
 *
 *   item key   = hash(partition) ‖ length ‖ partition ‖ sort
 *   index key  = hash(partition) ‖ length ‖ partition ‖ sort ‖ hash(item's keys) ‖ item key
 *
 * hash is four bytes of MD5, as the service spreads partitions by a hash: scans come out in its order, and a parallel
 * scan's segment is a range of it. A sort value is escaped (00 → 00 FF) and ended by 00 00, so that no value's encoding
 * is a prefix of another's and shorter values sort first.
 */
const hashBytes = 4
const terminator = Buffer.from([0, 0])

const pairsMax = 20

/**
 * The service's own format (Oracle's NUMBER): a byte for sign and exponent to the base of 100, then pairs of digits plus
 * one; for negative numbers the first byte and the pairs are complemented, and short ones ended by 102. Its byte order is
 * that of the numbers, and hashing it spreads number keys as the service does.
 */
export const encodeDecimal = ({ negative, digits, exponent }: Decimal): Buffer => {
  if (digits === '') return Buffer.from([0x80])
  const aligned = exponent % 2 === 0 ? digits : `0${digits}`
  const padded = aligned.length % 2 === 0 ? aligned : `${aligned}0`
  const scale = (Math.ceil(exponent / 2) - 64) & 0xff
  const bytes = [negative ? scale ^ 0xff : scale]
  for (let at = 0; at < padded.length; at += 2) {
    const pair = Number(padded.slice(at, at + 2))
    bytes.push(negative ? 101 - pair : pair + 1)
  }
  if (negative && padded.length / 2 < pairsMax) bytes.push(102)
  return Buffer.from(bytes)
}

/** The bytes of a key attribute: UTF-8, raw bytes, or an ordered number. */
const keyBytes = (value: AttributeValue): Buffer => {
  if ('S' in value) return Buffer.from(value.S, 'utf8')
  if ('B' in value) return Buffer.from(value.B, 'base64')
  const number = 'N' in value ? parseDecimal(value.N) : undefined
  if (!number) throw new TypeError('a key attribute is a string, a number or binary')
  return encodeDecimal(number)
}

const spread = (...parts: readonly Buffer[]): Buffer =>
  hash('md5', Buffer.concat([Buffer.from('Outliers'), ...parts]), 'buffer').subarray(0, hashBytes)

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
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([spread(bytes), length, bytes])
}

export const encodeSort = (value: AttributeValue): Buffer => Buffer.concat([escaped(keyBytes(value)), terminator])

/** The escaped bytes without their end: a range that starts here and stops at `after` holds what begins with the value. */
export const encodeSortPrefix = (value: AttributeValue): Buffer => escaped(keyBytes(value))

export const itemKey = (partition: AttributeValue, sort: AttributeValue | undefined): Buffer =>
  sort ? Buffer.concat([partitionPrefix(partition), encodeSort(sort)]) : partitionPrefix(partition)

/** Where an item stands among those with equal index keys: the service orders them by a hash of the table's keys. */
export const tieBreak = (partition: AttributeValue, sort: AttributeValue | undefined): Buffer =>
  spread(keyBytes(partition), ...(sort ? [keyBytes(sort)] : []))

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
