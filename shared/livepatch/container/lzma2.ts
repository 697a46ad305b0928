/**
 * LZMA2, the one filter that `xz` uses for kernel modules. Decodes into a growing buffer that is its own dictionary. No library fits here:
 * xz-decompress is asynchronous, stops after the first stream, and keeps one wasm memory for all callers. Every distance, size and count
 * comes from the file, so each is checked against what was written so far; the worst that a crafted stream gets is a refusal.
 *
 * Names follow the LZMA specification (lzma-specification.txt of the LZMA SDK); 11-bit probabilities, moved by 1/32.
 */
export type Lzma2Fault = 'truncated' | 'corrupt' | 'too-long'

/** What was written so far, and what may still be. */
export type Output = { bytes: Uint8Array; length: number; readonly lengthMax: number }

export const newOutput = (lengthMax: number, lengthHint: number): Output => ({
  bytes: new Uint8Array(Math.min(lengthMax, Math.max(lengthHint, 64 * 1024))),
  length: 0,
  lengthMax,
})

/** Makes room for `more` bytes; false: that would be more than is allowed. */
export const reserve = (output: Output, more: number): boolean => {
  const needed = output.length + more
  if (needed > output.lengthMax) return false
  if (needed > output.bytes.length) {
    const grown = new Uint8Array(Math.min(output.lengthMax, Math.max(needed, output.bytes.length * 2)))
    grown.set(output.bytes.subarray(0, output.length))
    output.bytes = grown
  }
  return true
}

const STATES = 12
const POSITIONS_MAX = 16
const LENGTH_PROBABILITIES = 2 + POSITIONS_MAX * 8 * 2 + 256
const IS_MATCH = 0
const IS_REP = IS_MATCH + STATES * POSITIONS_MAX
const IS_REP_G0 = IS_REP + STATES
const IS_REP_G1 = IS_REP_G0 + STATES
const IS_REP_G2 = IS_REP_G1 + STATES
const IS_REP0_LONG = IS_REP_G2 + STATES
const POSITION_SLOT = IS_REP0_LONG + STATES * POSITIONS_MAX
const POSITION_SPECIAL = POSITION_SLOT + 4 * 64
const POSITION_ALIGN = POSITION_SPECIAL + 128
const MATCH_LENGTH = POSITION_ALIGN + 16
const REP_LENGTH = MATCH_LENGTH + LENGTH_PROBABILITIES
const LITERAL = REP_LENGTH + LENGTH_PROBABILITIES
const LITERAL_CODER = 0x300
/** LZMA2 allows lc + lp up to 4. */
const PROBABILITIES = LITERAL + (LITERAL_CODER << 4)
const HALF = 1024
const TOP = 0x0100_0000

class Corrupt extends Error {}

/** Decodes one LZMA2 stream from `start`; gives the place behind its end marker. `input` ends where the stream may not read further. */
export const decodeLzma2 = (
  input: Uint8Array,
  start: number,
  dictionaryBytes: number,
  output: Output,
): { end: number } | { fault: Lzma2Fault } => {
  const decoder = lzmaDecoder(input, dictionaryBytes, output)
  let at = start
  let needsDictionary = true
  for (;;) {
    const control = input[at]
    if (control === undefined) return { fault: 'truncated' }
    if (control === 0) return { end: at + 1 }
    const isLzma = control >= 0x80
    if (!isLzma && control > 2) return { fault: 'corrupt' }
    const resetsDictionary = control === 1 || control >= 0xe0
    if (needsDictionary && !resetsDictionary) return { fault: 'corrupt' }
    needsDictionary = false
    if (resetsDictionary) decoder.resetDictionary()
    const headBytes = isLzma ? (control >= 0xc0 ? 6 : 5) : 3
    if (at + headBytes > input.length) return { fault: 'truncated' }
    const word = (offset: number): number => ((input[at + offset] ?? 0) << 8) | (input[at + offset + 1] ?? 0)
    const size = (isLzma ? (control & 0x1f) << 16 : 0) + word(1) + 1
    const packed = isLzma ? word(3) + 1 : size
    const body = at + headBytes
    if (body + packed > input.length) return { fault: 'truncated' }
    if (!reserve(output, size)) return { fault: 'too-long' }
    if (!isLzma) {
      output.bytes.set(input.subarray(body, body + size), output.length)
      output.length += size
    } else {
      const properties = control >= 0xc0 ? (input[at + 5] ?? 0) : null
      const reset = control >= 0xa0
      if (!decoder.chunk({ start: body, end: body + packed, size, properties, reset })) return { fault: 'corrupt' }
    }
    at = body + packed
  }
}

const LONG_MATCH = 32

/** Repeats `count` bytes that stand `distance` bytes back. A match may overlap itself; long ones are worth a native copy. */
const copyMatch = (bytes: Uint8Array, place: number, distance: number, count: number): void => {
  if (count > LONG_MATCH && distance === 1) bytes.fill(bytes[place - 1] ?? 0, place, place + count)
  else if (count > LONG_MATCH && distance >= count) bytes.copyWithin(place, place - distance, place - distance + count)
  else for (let copied = 0; copied < count; copied += 1) bytes[place + copied] = bytes[place + copied - distance] ?? 0
}

type Chunk = { start: number; end: number; size: number; properties: number | null; reset: boolean }

const lzmaDecoder = (input: Uint8Array, dictionaryBytes: number, output: Output) => {
  const probabilities = new Uint16Array(PROBABILITIES)
  let base = 0
  let lc = 0
  let lpMask = 0
  let pbMask = 0
  let hasProperties = false
  let hasState = false
  let state = 0
  let rep0 = 0
  let rep1 = 0
  let rep2 = 0
  let rep3 = 0
  let range = 0
  let code = 0
  let at = 0
  let end = 0

  const nextByte = (): number => {
    if (at >= end) throw new Corrupt()
    const byte = input[at] ?? 0
    at += 1
    return byte
  }

  const bit = (index: number): number => {
    if (range < TOP) {
      range = (range << 8) >>> 0
      code = ((code << 8) | nextByte()) >>> 0
    }
    const probability = probabilities[index] ?? HALF
    const bound = (range >>> 11) * probability
    if (code < bound) {
      range = bound
      probabilities[index] = probability + ((2048 - probability) >> 5)
      return 0
    }
    range -= bound
    code -= bound
    probabilities[index] = probability - (probability >> 5)
    return 1
  }

  const tree = (first: number, bits: number): number => {
    let symbol = 1
    for (let count = 0; count < bits; count += 1) symbol = (symbol << 1) | bit(first + symbol)
    return symbol - (1 << bits)
  }

  const reverseTree = (first: number, bits: number): number => {
    let symbol = 1
    let value = 0
    for (let count = 0; count < bits; count += 1) {
      const next = bit(first + symbol)
      symbol = (symbol << 1) | next
      value |= next << count
    }
    return value
  }

  const directBits = (bits: number): number => {
    let value = 0
    for (let count = 0; count < bits; count += 1) {
      if (range < TOP) {
        range = (range << 8) >>> 0
        code = ((code << 8) | nextByte()) >>> 0
      }
      range >>>= 1
      const next = code >= range ? 1 : 0
      if (next) code -= range
      value = ((value << 1) | next) >>> 0
    }
    return value
  }

  const length = (coder: number, position: number): number => {
    if (bit(coder) === 0) return tree(coder + 2 + position * 8, 3)
    if (bit(coder + 1) === 0) return 8 + tree(coder + 2 + POSITIONS_MAX * 8 + position * 8, 3)
    return 16 + tree(coder + 2 + POSITIONS_MAX * 16, 8)
  }

  const distance = (matchLength: number): number => {
    const slot = tree(POSITION_SLOT + Math.min(matchLength, 3) * 64, 6)
    if (slot < 4) return slot
    const bits = (slot >> 1) - 1
    const high = ((2 | (slot & 1)) << bits) >>> 0
    if (slot < 14) return high + reverseTree(POSITION_SPECIAL + high - slot, bits)
    return high + directBits(bits - 4) * 16 + reverseTree(POSITION_ALIGN, 4)
  }

  const literal = (bytes: Uint8Array, place: number): void => {
    const position = place - base
    const previous = position > 0 ? (bytes[place - 1] ?? 0) : 0
    const coder = LITERAL + LITERAL_CODER * (((position & lpMask) << lc) + (previous >> (8 - lc)))
    let symbol = 1
    if (state >= 7) {
      let match = bytes[place - rep0 - 1] ?? 0
      let offset = 0x100
      while (symbol < 0x100) {
        match <<= 1
        const expected = match & offset
        const next = bit(coder + offset + expected + symbol)
        symbol = (symbol << 1) | next
        offset &= next ? expected : ~expected
      }
    } else while (symbol < 0x100) symbol = (symbol << 1) | bit(coder + symbol)
    bytes[place] = symbol
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
  }

  /** Chooses which earlier distance is repeated and moves it to the front; true: one byte only. */
  const repeat = (position: number): boolean => {
    if (bit(IS_REP_G0 + state) === 0) {
      if (bit(IS_REP0_LONG + state * POSITIONS_MAX + position) === 0) {
        state = state < 7 ? 9 : 11
        return true
      }
    } else {
      let chosen = rep1
      if (bit(IS_REP_G1 + state) === 1) {
        chosen = rep2
        if (bit(IS_REP_G2 + state) === 1) {
          chosen = rep3
          rep3 = rep2
        }
        rep2 = rep1
      }
      rep1 = rep0
      rep0 = chosen
    }
    return false
  }

  const matchOrRepeat = (position: number): number => {
    if (bit(IS_REP + state) === 1) {
      if (repeat(position)) return 1
      const repeated = length(REP_LENGTH, position)
      state = state < 7 ? 8 : 11
      return repeated + 2
    }
    rep3 = rep2
    rep2 = rep1
    rep1 = rep0
    const matched = length(MATCH_LENGTH, position)
    state = state < 7 ? 7 : 10
    rep0 = distance(matched)
    return matched + 2
  }

  const run = (stop: number): void => {
    const { bytes } = output
    let place = output.length
    while (place < stop) {
      const position = (place - base) & pbMask
      if (bit(IS_MATCH + state * POSITIONS_MAX + position) === 0) {
        literal(bytes, place)
        place += 1
        continue
      }
      const count = matchOrRepeat(position)
      if (rep0 >= place - base || rep0 >= dictionaryBytes || place + count > stop) throw new Corrupt()
      copyMatch(bytes, place, rep0 + 1, count)
      place += count
    }
    output.length = place
  }

  const setProperties = (byte: number): boolean => {
    if (byte >= 9 * 5 * 5) return false
    const [literalContext, rest] = [byte % 9, Math.floor(byte / 9)]
    const [literalPosition, positions] = [rest % 5, Math.floor(rest / 5)]
    if (literalContext + literalPosition > 4) return false
    lc = literalContext
    lpMask = (1 << literalPosition) - 1
    pbMask = (1 << positions) - 1
    hasProperties = true
    return true
  }

  const chunk = ({ start, end: chunkEnd, size, properties, reset }: Chunk): boolean => {
    if (properties !== null && !setProperties(properties)) return false
    if (reset) {
      probabilities.fill(HALF)
      state = rep0 = rep1 = rep2 = rep3 = 0
      hasState = true
    }
    if (!hasProperties || !hasState || chunkEnd - start < 5 || input[start] !== 0) return false
    at = start + 5
    end = chunkEnd
    range = 0xffff_ffff
    code = new DataView(input.buffer, input.byteOffset + start + 1, 4).getUint32(0)
    try {
      run(output.length + size)
      if (range < TOP) code = ((code << 8) | nextByte()) >>> 0
    } catch (error) {
      if (error instanceof Corrupt) return false
      throw error
    }
    return at === end && code === 0
  }

  const resetDictionary = (): void => {
    base = output.length
    hasProperties = false
    hasState = false
  }

  return { chunk, resetDictionary }
}
