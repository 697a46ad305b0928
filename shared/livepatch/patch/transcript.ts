import { hash } from 'node:crypto'

/** Text that is only made to be hashed: UTF-8, written piece by piece into one buffer that grows and is used again. */
export type Transcript = {
  text: (text: string) => void
  number: (value: number) => void
  /** Bytes as the characters U+0000 to U+00FF. */
  latin1: (bytes: Buffer, start: number, end: number) => void
  /** SHA-256 of what was written since the last one. */
  digest: () => string
}

const FIRST_BYTES = 16 * 1024
/** A character takes at most three bytes for each UTF-16 unit. */
const UNIT_BYTES_MAX = 3
const INTEGER_DIGITS = 9
const INTEGER_END = 1_000_000_000

export const newTranscript = (): Transcript => {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES)
  let length = 0
  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }
  const text = (characters: string): void => {
    reserve(characters.length * UNIT_BYTES_MAX)
    for (let index = 0; index < characters.length; index += 1) {
      const unit = characters.charCodeAt(index)
      if (unit >= 0x80) {
        length += buffer.write(characters.slice(index), length)
        return
      }
      buffer[length] = unit
      length += 1
    }
  }
  const number = (value: number): void => {
    if (value >>> 0 !== value || value >= INTEGER_END) {
      text(String(value))
      return
    }
    reserve(INTEGER_DIGITS)
    let digits = 1
    for (let scale = 10; scale <= value; scale *= 10) digits += 1
    let rest = value
    for (let at = length + digits - 1; at >= length; at -= 1) {
      const tens = (rest / 10) | 0
      buffer[at] = 0x30 + rest - tens * 10
      rest = tens
    }
    length += digits
  }
  const latin1 = (bytes: Buffer, start: number, end: number): void => {
    reserve((end - start) * 2)
    length += buffer.write(bytes.toString('latin1', start, end), length)
  }
  const digest = (): string => {
    const written = buffer.subarray(0, length)
    length = 0
    return hash('sha256', written)
  }
  return { text, number, latin1, digest }
}
