import type { gunzipSync, ZstdOptions, zstdDecompressSync } from 'node:zlib'
import { done, type Refusal, type Result, refuse } from '../refusal.ts'

type Inflate = typeof gunzipSync | typeof zstdDecompressSync
type Bounds = { lengthMax: number; lengthHint: number; params?: NonNullable<ZstdOptions['params']> }

const CHUNK_BYTES_MIN = 64 * 1024
const CHUNK_BYTES_MAX = 64 * 1024 * 1024

/**
 * Calls node:zlib with a cap on its output, and turns its exceptions into refusals: this is the only place that knows them. `consumed` tells
 * how much input one frame took. The hint sets the size of the output buffer, so that an honest file is not copied once more.
 */
export const inflateOne = (
  layer: 'gzip' | 'zstd',
  inflate: Inflate,
  input: Uint8Array,
  at: number,
  { lengthMax, lengthHint, params }: Bounds,
): Result<{ bytes: Uint8Array; consumed: number }> => {
  if (lengthMax <= 0) return refuse('output-limit', layer, at, 'unfolds to more bytes than are allowed')
  const chunkSize = Math.min(CHUNK_BYTES_MAX, lengthMax + CHUNK_BYTES_MIN, Math.max(CHUNK_BYTES_MIN, lengthHint + 64))
  try {
    const options = { maxOutputLength: lengthMax, chunkSize, info: true, ...(params ? { params } : {}) }
    return done(outcome(inflate(input.subarray(at), options)))
  } catch (error) {
    const refusal = translate(error, layer, at, lengthMax)
    if (refusal) return { ok: false, error: refusal }
    throw error
  }
}

/** With `info`, node:zlib answers `{buffer, engine}`, which its types do not say. */
const outcome = (answer: unknown): { bytes: Uint8Array; consumed: number } => {
  if (typeof answer === 'object' && answer !== null && 'buffer' in answer && 'engine' in answer) {
    const { buffer, engine } = answer
    if (isBytes(buffer) && typeof engine === 'object' && engine !== null && 'bytesWritten' in engine)
      return { bytes: buffer, consumed: Number(engine.bytesWritten) }
  }
  throw new TypeError('node:zlib did not answer with a buffer and an engine')
}

const isBytes = (value: unknown): value is Uint8Array => ArrayBuffer.isView(value) && 'subarray' in value

const translate = (error: unknown, layer: string, at: number, lengthMax: number): Refusal | null => {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null
  const [code, message] = [String(error.code), String(error.message)]
  const made = (refusal: Refusal['code'], reason: string): Refusal => ({ code: refusal, section: layer, offset: at, reason })
  if (code === 'ERR_BUFFER_TOO_LARGE') return made('output-limit', `unfolds to more than ${lengthMax} bytes`)
  if (code === 'Z_BUF_ERROR' || code.endsWith('srcSize_wrong')) return made('truncated-stream', 'the stream ends before it is complete')
  if (code.endsWith('windowTooLarge')) return made('window-limit', 'asks for a larger window than is allowed')
  if (/checksum|data check|length check/i.test(`${code} ${message}`))
    return made('bad-checksum', 'the checksum of the content does not match')
  if (/^Z_|^ZSTD_/.test(code)) return made('bad-stream', message)
  return null
}
