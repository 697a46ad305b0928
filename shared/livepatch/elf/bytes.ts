/** Reads fixed-width integers of one byte order. Callers check bounds first; past the end DataView throws a RangeError. */
export type Bytes = {
  readonly bytes: Uint8Array
  readonly length: number
  readonly little: boolean
  u16: (offset: number) => number
  u32: (offset: number) => number
  /** Exact up to 2^53; above that the nearest double, which every bound check then refuses. */
  u64: (offset: number) => number
  s64: (offset: number) => number
  /** Exact, for values that are printed rather than used as offsets. */
  wide: (offset: number) => bigint
}

const HIGH_WORD = 0x1_0000_0000

export const bytesOf = (bytes: Uint8Array, little: boolean): Bytes => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [low, high] = little ? [0, 4] : [4, 0]
  return {
    bytes,
    length: bytes.length,
    little,
    u16: offset => view.getUint16(offset, little),
    u32: offset => view.getUint32(offset, little),
    u64: offset => view.getUint32(offset + high, little) * HIGH_WORD + view.getUint32(offset + low, little),
    s64: offset => view.getInt32(offset + high, little) * HIGH_WORD + view.getUint32(offset + low, little),
    wide: offset => view.getBigUint64(offset, little),
  }
}

const utf8 = new TextDecoder('utf-8')

export type Text = { ok: true; text: string } | { ok: false; why: 'outside' | 'unterminated' | 'too-long' }

/** Text up to the first NUL in [start, end), or why there is none. Bytes that are not UTF-8 become U+FFFD. */
export const textAt = (bytes: Uint8Array, start: number, end: number, bytesMax: number): Text => {
  if (start < 0 || start >= end) return { ok: false, why: 'outside' }
  const stop = bytes.subarray(0, Math.min(end, start + bytesMax + 1)).indexOf(0, start)
  if (stop === -1) return { ok: false, why: end - start > bytesMax ? 'too-long' : 'unterminated' }
  return { ok: true, text: decode(bytes.subarray(start, stop)) }
}

const SHORT_BYTES = 1024

/** TextDecoder costs a microsecond a call; names are nearly always short ASCII. */
export const decode = (bytes: Uint8Array): string => {
  if (bytes.length > SHORT_BYTES) return utf8.decode(bytes)
  for (const byte of bytes) if (byte >= 0x80) return utf8.decode(bytes)
  return String.fromCharCode(...bytes)
}
