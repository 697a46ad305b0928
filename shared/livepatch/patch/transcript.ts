import { hash } from 'node:crypto'

/**
 * What is only made to be hashed, written piece by piece into one buffer that grows and is used again. Every piece tells where it ends, so
 * that no two different sequences of pieces are the same bytes.
 */
export type Transcript = {
  /** One byte that tells what follows. */
  tag: (kind: number) => void
  number: (value: number) => void
  text: (text: string) => void
  /** The bytes up to the first NUL, at most as many as allowed; without the number at the end that a compiler gave it. */
  name: (bytes: Uint8Array, start: number, bytesMax: number) => void
  /** The bytes up to the first NUL, behind a tag. False, and nothing written: there is no NUL in [start, end), or too far away. */
  string: (kind: number, bytes: Uint8Array, start: number, end: number, bytesMax: number) => boolean
  /** Bytes as they are; whoever reads them knows how many. */
  raw: (bytes: Uint8Array, start: number, end: number) => void
  /** SHA-256 of what was written since the last one. */
  digest: () => string
}

const FIRST_BYTES = 16 * 1024
/** Below that, copying in a loop is faster than asking for it. */
const COPY_BYTES_MIN = 48
/** Integers that can be doubled without leaving 32 bits. */
const SMALL_END = 0x4000_0000
const NUMBER_BYTES_MAX = 5
const [NUL, ZERO, NINE, DOT] = [0, 0x30, 0x39, 0x2e]

export const newTranscript = (): Transcript => {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES)
  let length = 0
  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }
  const tag = (kind: number): void => {
    reserve(1)
    buffer[length] = kind
    length += 1
  }
  const text = (characters: string): void => {
    const bytes = Buffer.byteLength(characters)
    number(bytes)
    reserve(bytes)
    length += buffer.write(characters, length)
  }
  /** Seven bits a byte, the lowest first, the sign in the lowest bit of all. A large number is its decimal digits behind a number that no other way makes. */
  const number = (value: number): void => {
    reserve(NUMBER_BYTES_MAX + 1)
    const isSmall = (value | 0) === value && value < SMALL_END && value >= -SMALL_END
    let rest = isSmall ? ((value << 1) ^ (value >> 31)) >>> 0 : 0
    for (; rest >= 0x80; rest >>>= 7) {
      buffer[length] = rest | 0x80
      length += 1
    }
    buffer[length] = isSmall ? rest : 0x80
    length += 1
    if (isSmall) return
    buffer[length] = NUL
    length += 1
    text(String(value))
  }
  const name = (bytes: Uint8Array, start: number, bytesMax: number): void => {
    reserve(bytesMax + 1)
    const first = length
    for (let at = start; at < start + bytesMax; at += 1) {
      const byte = bytes[at] ?? NUL
      if (byte === NUL) break
      buffer[length] = byte
      length += 1
    }
    length = withoutNumber(buffer, first, length)
    buffer[length] = NUL
    length += 1
  }
  const string = (kind: number, bytes: Uint8Array, start: number, end: number, bytesMax: number): boolean => {
    const limit = Math.min(end, start + bytesMax + 1)
    reserve(limit - start + 1)
    let to = length + 1
    for (let at = start; at < limit; at += 1, to += 1) {
      const byte = bytes[at] ?? NUL
      buffer[to] = byte
      if (byte !== NUL) continue
      buffer[length] = kind
      length = to + 1
      return true
    }
    return false
  }
  const raw = (bytes: Uint8Array, start: number, end: number): void => {
    const count = end - start
    reserve(count)
    if (count >= COPY_BYTES_MIN) buffer.set(bytes.subarray(start, end), length)
    else for (let at = 0; at < count; at += 1) buffer[length + at] = bytes[start + at] ?? 0
    length += count
  }
  const digest = (): string => {
    const written = buffer.subarray(0, length)
    length = 0
    return hash('sha256', written)
  }
  return { tag, number, text, name, string, raw, digest }
}

/** The compiler numbers clones and static locals; the number changes when unrelated code does. Gives the end of the name without it. */
const withoutNumber = (bytes: Uint8Array, start: number, end: number): number => {
  let at = end - 1
  for (let byte = bytes[at] ?? 0; at > start && byte >= ZERO && byte <= NINE; byte = bytes[at] ?? 0) at -= 1
  return at < end - 1 && bytes[at] === DOT ? at : end
}
