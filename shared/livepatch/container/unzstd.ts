import { constants, zstdDecompressSync } from 'node:zlib'
import type { Limits } from '../limits.ts'
import { done, type Result, refuse } from '../refusal.ts'
import { inflateOne } from './inflate-one.ts'

/** RFC 8878: frames one after another; skippable frames carry no content. */
const SKIPPABLE_FIRST = 0x184d2a50
const SKIPPABLE_LAST = 0x184d2a5f
const FRAME_MAGIC = 0xfd2fb528

/** Content size of a frame, where its header says one (RFC 8878 section 3.1.1.1). Only a hint: the file may lie. */
const contentSizeHint = (view: DataView, at: number): number => {
  if (at + 6 > view.byteLength) return 0
  const descriptor = view.getUint8(at + 4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const place = at + 5 + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const bytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  if (bytes === 0 || place + bytes > view.byteLength) return 0
  if (bytes === 1) return view.getUint8(place)
  if (bytes === 2) return view.getUint16(place, true) + 256
  return view.getUint32(place, true)
}

export const unzstd = (input: Uint8Array, outputMax: number, limits: Limits): Result<Uint8Array> => {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const pieces: Uint8Array[] = []
  let [at, length] = [0, 0]
  for (let frames = 0; at < input.length; frames += 1) {
    if (frames >= limits.framesMax) return refuse('frame-limit', 'zstd', at, `more than ${limits.framesMax} frames`)
    if (at + 4 > input.length) return refuse('truncated-stream', 'zstd', at, 'the stream ends inside a frame')
    const magic = view.getUint32(at, true)
    if (magic >= SKIPPABLE_FIRST && magic <= SKIPPABLE_LAST) {
      if (at + 8 > input.length || at + 8 + view.getUint32(at + 4, true) > input.length)
        return refuse('truncated-stream', 'zstd', at, 'the stream ends inside a skippable frame')
      at += 8 + view.getUint32(at + 4, true)
      continue
    }
    if (magic !== FRAME_MAGIC) return refuse('bad-stream', 'zstd', at, 'bytes that belong to no frame behind the end')
    const windowLog = Math.min(31, Math.floor(Math.log2(limits.windowBytesMax)))
    const one = inflateOne('zstd', zstdDecompressSync, input, at, {
      lengthMax: outputMax - length,
      lengthHint: contentSizeHint(view, at),
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    })
    if (!one.ok) return one
    pieces.push(one.value.bytes)
    length += one.value.bytes.length
    at += one.value.consumed
  }
  const [only, ...more] = pieces
  return done(only && more.length === 0 ? only : Buffer.concat(pieces))
}
