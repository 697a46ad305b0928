import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Limits } from '../limits.ts'
import { done, type Result, refuse } from '../refusal.ts'
import type { Warnings } from '../warnings.ts'
import { crc64 } from './crc64.ts'
import { decodeLzma2, newOutput, type Output } from './lzma2.ts'

/** The .xz file format 1.2.0 (tukaani.org/xz/xz-file-format.txt): streams of blocks, an index, a footer; here with LZMA2 alone. */
const HEADER_BYTES = 12
const FOOTER_BYTES = 12
const LZMA2_FILTER = 0x21
const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
/** Bytes of the check by its type; the reserved types have sizes too. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]

type Step = Result<number>
const truncated = (at: number) => refuse('truncated-stream', 'xz', at, 'the stream ends before it is complete')
const broken = (at: number, reason: string) => refuse('bad-stream', 'xz', at, reason)
const checksum = (at: number, what: string) => refuse('bad-checksum', 'xz', at, `the checksum of ${what} does not match`)

const isMagic = (input: Uint8Array, at: number): boolean => MAGIC.every((byte, index) => input[at + index] === byte)
const word = (input: Uint8Array, at: number): number => new DataView(input.buffer, input.byteOffset + at, 4).getUint32(0, true)

/** A variable-length integer of at most nine bytes; above 2^53 it is only good for being too large. */
const varint = (input: Uint8Array, start: number, end: number): { value: number; at: number } | null => {
  let value = 0
  for (let count = 0, scale = 1; count < 9 && start + count < end; count += 1, scale *= 128) {
    const byte = input[start + count] ?? 0
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return byte === 0 && count > 0 ? null : { value, at: start + count + 1 }
  }
  return null
}

export const unxz = (input: Uint8Array, outputMax: number, limits: Limits, warnings: Warnings): Result<Uint8Array> => {
  const output = newOutput(outputMax, input.length * 4)
  let at = 0
  for (let streams = 0; at < input.length; streams += 1) {
    if (streams >= limits.framesMax) return refuse('frame-limit', 'xz', at, `more than ${limits.framesMax} streams`)
    const end = readStream(input, at, output, limits, warnings)
    if (!end.ok) return end
    at = end.value
    while (at + 4 <= input.length && word(input, at) === 0) at += 4
    if (at < input.length && !isMagic(input, at)) return broken(at, 'bytes that belong to no stream behind the end')
  }
  return done(output.bytes.subarray(0, output.length))
}

type Block = { unpadded: number; size: number }

const readStream = (input: Uint8Array, start: number, output: Output, limits: Limits, warnings: Warnings): Step => {
  if (start + HEADER_BYTES > input.length) return truncated(input.length)
  const check = input[start + 7] ?? 0
  if (input[start + 6] !== 0 || check > 15) return refuse('unsupported-stream', 'xz', start + 6, 'unknown stream flags')
  if (crc32(input.subarray(start + 6, start + 8)) !== word(input, start + 8)) return checksum(start + 8, 'the stream header')
  const blocks: Block[] = []
  let at = start + HEADER_BYTES
  while (input[at] !== 0) {
    if (at >= input.length) return truncated(at)
    if (blocks.length >= limits.framesMax * 16) return refuse('frame-limit', 'xz', at, `more than ${limits.framesMax * 16} blocks`)
    const before = output.length
    const end = readBlock(input, at, check, output, limits, warnings)
    if (!end.ok) return end
    blocks.push({ unpadded: end.value - at, size: output.length - before })
    at += Math.ceil((end.value - at) / 4) * 4
  }
  const index = readIndex(input, at, blocks)
  if (!index.ok) return index
  return readFooter(input, index.value, index.value - at, check)
}

/** Gives the place behind the check; what fills up to a multiple of four is behind that. */
const readBlock = (input: Uint8Array, start: number, check: number, output: Output, limits: Limits, warnings: Warnings): Step => {
  const headEnd = start + ((input[start] ?? 0) + 1) * 4
  if (headEnd > input.length) return truncated(input.length)
  if (crc32(input.subarray(start, headEnd - 4)) !== word(input, headEnd - 4)) return checksum(headEnd - 4, 'a block header')
  const dictionary = readFilters(input, start, headEnd - 4)
  if (!dictionary.ok) return dictionary
  if (dictionary.value > limits.windowBytesMax)
    return refuse('window-limit', 'xz', start, `a dictionary of ${dictionary.value} bytes, ${limits.windowBytesMax} are allowed`)
  const before = output.length
  const body = decodeLzma2(input, headEnd, dictionary.value, output)
  if ('fault' in body) {
    if (body.fault === 'truncated') return truncated(input.length)
    if (body.fault === 'too-long') return refuse('output-limit', 'xz', start, `unfolds to more than ${output.lengthMax} bytes`)
    return broken(headEnd, 'the LZMA2 data is corrupt')
  }
  const padded = headEnd + Math.ceil((body.end - headEnd) / 4) * 4
  const checkBytes = CHECK_BYTES[check] ?? 0
  if (padded + checkBytes > input.length) return truncated(input.length)
  if (input.subarray(body.end, padded).some(byte => byte !== 0)) return broken(body.end, 'the padding of a block is not zero')
  const content = output.bytes.subarray(before, output.length)
  if (!verify(check, content, input.subarray(padded, padded + checkBytes), padded, warnings)) return checksum(padded, 'a block')
  // The unpadded size leaves out the padding between data and check, but the next block begins behind both.
  return done(padded + checkBytes)
}

const readFilters = (input: Uint8Array, start: number, end: number): Step => {
  const flags = input[start + 1] ?? 0
  if ((flags & 0x3f) !== 0) return refuse('unsupported-stream', 'xz', start + 1, 'more than one filter, or unknown block flags')
  let at = start + 2
  for (const present of [flags & 0x40, flags & 0x80]) {
    const size = present ? varint(input, at, end) : { at }
    if (!size) return broken(at, 'a malformed size in a block header')
    at = size.at
  }
  if (input[at] !== LZMA2_FILTER || input[at + 1] !== 1) return refuse('unsupported-stream', 'xz', at, 'a filter other than LZMA2')
  const property = input[at + 2] ?? 0
  if (at + 3 > end || property > 40) return broken(at + 2, 'a malformed LZMA2 dictionary size')
  if (input.subarray(at + 3, end).some(byte => byte !== 0)) return broken(at + 3, 'the padding of a block header is not zero')
  return done(property === 40 ? 0xffff_ffff : (2 | (property & 1)) * 2 ** (Math.floor(property / 2) + 11))
}

const verify = (check: number, content: Uint8Array, stored: Uint8Array, at: number, warnings: Warnings): boolean => {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length)
  if (check === 1) return crc32(content) === view.getUint32(0, true)
  if (check === 4) return crc64(content) === view.getBigUint64(0, true)
  if (check === 10) return createHash('sha256').update(content).digest().equals(stored)
  warnings.add('unchecked-stream', 'xz', at, check === 0 ? 'the stream carries no checksum' : `check type ${check} is not verified`)
  return true
}

const readIndex = (input: Uint8Array, start: number, blocks: readonly Block[]): Step => {
  const count = varint(input, start + 1, input.length)
  if (!count) return truncated(input.length)
  if (count.value !== blocks.length) return broken(start, 'the index does not list the blocks')
  let at = count.at
  for (const block of blocks) {
    const unpadded = varint(input, at, input.length)
    const size = unpadded && varint(input, unpadded.at, input.length)
    if (!unpadded || !size) return truncated(input.length)
    const stored = Math.ceil(unpadded.value / 4) * 4
    if (size.value !== block.size || stored !== Math.ceil(block.unpadded / 4) * 4) return broken(at, 'the index contradicts a block')
    at = size.at
  }
  const padded = start + Math.ceil((at - start) / 4) * 4
  if (padded + 4 > input.length) return truncated(input.length)
  if (input.subarray(at, padded).some(byte => byte !== 0)) return broken(at, 'the padding of the index is not zero')
  if (crc32(input.subarray(start, padded)) !== word(input, padded)) return checksum(padded, 'the index')
  return done(padded + 4)
}

const readFooter = (input: Uint8Array, at: number, indexBytes: number, check: number): Step => {
  if (at + FOOTER_BYTES > input.length) return truncated(input.length)
  if (input[at + 10] !== 0x59 || input[at + 11] !== 0x5a) return broken(at + 10, 'the stream footer has no magic')
  if (crc32(input.subarray(at + 4, at + 10)) !== word(input, at)) return checksum(at, 'the stream footer')
  if ((word(input, at + 4) + 1) * 4 !== indexBytes || input[at + 8] !== 0 || input[at + 9] !== check)
    return broken(at + 4, 'the stream footer contradicts the stream')
  return done(at + FOOTER_BYTES)
}
