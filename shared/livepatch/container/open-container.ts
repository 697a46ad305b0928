import { gunzipSync } from 'node:zlib'
import type { Limits } from '../limits.ts'
import { done, type Result, refuse } from '../refusal.ts'
import type { Warnings } from '../warnings.ts'
import { inflateOne } from './inflate-one.ts'
import { unxz } from './unxz.ts'
import { unzstd } from './unzstd.ts'

export type Compression = 'none' | 'gzip' | 'xz' | 'zstd'

const MAGICS: readonly { compression: Exclude<Compression, 'none'>; matches: (file: Uint8Array) => boolean }[] = [
  { compression: 'gzip', matches: file => file[0] === 0x1f && file[1] === 0x8b },
  { compression: 'xz', matches: file => [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00].every((byte, index) => file[index] === byte) },
  { compression: 'zstd', matches: file => file[1] === 0xb5 && file[0] === 0x28 && file[2] === 0x2f && file[3] === 0xfd },
  { compression: 'zstd', matches: file => ((file[0] ?? 0) & 0xf0) === 0x50 && file[1] === 0x2a && file[2] === 0x4d && file[3] === 0x18 },
]

/** By the first bytes alone: names and suffixes lie. */
export const compressionOf = (file: Uint8Array): Compression => MAGICS.find(({ matches }) => matches(file))?.compression ?? 'none'

/** Up to here a high ratio is only worth a warning: small modules full of zeros exist. */
const SMALL_OUTPUT_BYTES = 16 * 1024 * 1024

/** Unfolds one layer of compression. What is inside must not be compressed again: no tool that loads modules would unfold it. */
export const openContainer = (
  file: Uint8Array,
  limits: Limits,
  warnings: Warnings,
): Result<{ compression: Compression; bytes: Uint8Array }> => {
  const compression = compressionOf(file)
  if (compression === 'none') return done({ compression, bytes: file })
  const outputMax = Math.min(limits.outputBytesMax, Math.max(SMALL_OUTPUT_BYTES, file.length * limits.compressionRatioMax))
  const opened = unfold(compression, file, outputMax, limits, warnings)
  if (!opened.ok) return opened
  const bytes = opened.value
  if (compressionOf(bytes) !== 'none') return refuse('nested-container', compression, 0, 'compressed twice: inside is no ELF file')
  if (bytes.length > file.length * limits.compressionRatioMax)
    warnings.add(
      'compression-ratio',
      compression,
      0,
      `${bytes.length} bytes out of ${file.length}: more than ${limits.compressionRatioMax} to 1`,
    )
  return done({ compression, bytes })
}

const unfold = (
  compression: Exclude<Compression, 'none'>,
  file: Uint8Array,
  outputMax: number,
  limits: Limits,
  warnings: Warnings,
): Result<Uint8Array> => {
  if (compression === 'xz') return unxz(file, outputMax, limits, warnings)
  if (compression === 'zstd') return unzstd(file, outputMax, limits)
  const lastWord = file.length >= 18 ? new DataView(file.buffer, file.byteOffset + file.length - 4, 4).getUint32(0, true) : 0
  const whole = inflateOne('gzip', gunzipSync, file, 0, { lengthMax: outputMax, lengthHint: Math.min(lastWord, outputMax) })
  if (!whole.ok) return whole
  const { bytes, consumed } = whole.value
  if (consumed < file.length) warnings.add('trailing-bytes', 'gzip', consumed, 'bytes behind the last member; they were ignored')
  return done(bytes)
}
