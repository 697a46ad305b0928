/** Reads fixed-width integers of one byte order. Callers check bounds first; past the end DataView throws a RangeError. */
export type Bytes = {
  readonly bytes: Buffer
  readonly length: number
  readonly little: boolean
  u16: (offset: number) => number
  u32: (offset: number) => number
  s32: (offset: number) => number
  /** Exact up to 2^53; above that the nearest double, which every bound check then refuses. */
  u64: (offset: number) => number
  s64: (offset: number) => number
  /** u64 in decimal, exact: for values that are printed rather than used as offsets. */
  decimal: (offset: number) => string
}

const HIGH_WORD = 0x1_0000_0000

/** The same number, as an integer where it is a small one: V8 boxes every double that is kept, and loops over integers are faster. */
export const compact = (value: number): number => {
  const small = value | 0
  return small === value ? small : value
}

export const bytesOf = (input: Uint8Array, little: boolean): Bytes => {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [low, high] = little ? [0, 4] : [4, 0]
  return {
    bytes,
    length: bytes.length,
    little,
    u16: offset => view.getUint16(offset, little),
    u32: offset => view.getUint32(offset, little),
    s32: offset => view.getInt32(offset, little),
    // Nearly always small; then nothing is computed that V8 would have to box.
    u64: offset => {
      const above = view.getUint32(offset + high, little)
      const below = view.getInt32(offset + low, little)
      return above === 0 && below >= 0 ? below : above * HIGH_WORD + (below >>> 0)
    },
    s64: offset => {
      const above = view.getInt32(offset + high, little)
      const below = view.getInt32(offset + low, little)
      return above === below >> 31 ? below : above * HIGH_WORD + (below >>> 0)
    },
    decimal: offset =>
      (view.getUint32(offset + high, little) === 0 ? view.getUint32(offset + low, little) : view.getBigUint64(offset, little)).toString(),
  }
}

const utf8 = new TextDecoder('utf-8')

export type Text = { ok: true; text: string } | { ok: false; why: 'outside' | 'unterminated' | 'too-long' }

/**
 * Text up to the first NUL in [start, end), or why there is none. Bytes that are not UTF-8 become U+FFFD. Names are nearly always short
 * ASCII, for which Buffer is ten times as fast as TextDecoder.
 */
export const textAt = (bytes: Buffer, start: number, end: number, bytesMax: number): Text => {
  if (start < 0 || start >= end) return { ok: false, why: 'outside' }
  const limit = Math.min(end, start + bytesMax + 1)
  let stop = start
  let seen = 0
  for (; stop < limit && bytes[stop] !== 0; stop += 1) seen |= bytes[stop] ?? 0
  if (stop === limit) return { ok: false, why: end - start > bytesMax ? 'too-long' : 'unterminated' }
  return { ok: true, text: seen < 0x80 ? bytes.toString('latin1', start, stop) : decode(bytes.subarray(start, stop)) }
}

export const decode = (bytes: Uint8Array): string => utf8.decode(bytes)
