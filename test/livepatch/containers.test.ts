import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { readModule } from '../../shared/livepatch/index.ts'
import { built, example, given, read } from './module-files.ts'

const plain = example('lp_proc_1')
const half = plain.length >> 1
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
const xz = given('lp_multi.ko.xz')
const refusal = (bytes: Uint8Array, limits = {}) => {
  const result = readModule(bytes, { limits })
  return result.ok ? null : result.error.code
}

describe('compressed modules', () => {
  test.each([
    ['two gzip members', Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]), 'gzip'],
    ['two zstd frames', Buffer.concat([zstdCompressSync(plain.subarray(0, half)), zstdCompressSync(plain.subarray(half))]), 'zstd'],
    [
      'zstd with skippable frames around and between',
      Buffer.concat([skippable, zstdCompressSync(plain.subarray(0, half)), skippable, zstdCompressSync(plain.subarray(half)), skippable]),
      'zstd',
    ],
  ])('%s unfold to one module', (_, bytes, compression) => {
    expect(read(bytes)).toMatchObject({ compression, name: 'lp_proc_1', patch: { status: 'static' } })
  })

  test('xz streams may be padded', () => {
    expect(read(Buffer.concat([xz, Buffer.alloc(8)])).name).toBe('lp_multi')
    expect(refusal(Buffer.concat([xz, Buffer.alloc(3)]))).toBe('bad-stream')
  })

  const ODD: Readonly<Record<string, readonly string[]>> = { none: ['unchecked-stream'], random_tail: ['trailing-bytes'] }
  test.each(['crc64', 'sha256', 'none', 'kernel', 'contexts', 'blocks', 'stored', 'random_tail'])('xz as its options make it: %s', form => {
    const { patch, warnings } = read(built(`two_objects_${form}`, '.ko.xz'))
    expect(patch).toEqual(read(built('two_objects')).patch)
    expect(warnings.map(({ code }) => code)).toEqual(ODD[form] ?? [])
  })

  test('two xz streams are both unfolded', () => {
    const limits = { outputBytesMax: read(given('lp_multi.ko')).size + 1 }
    expect(refusal(xz, limits)).toBeNull()
    expect(refusal(Buffer.concat([xz, xz]), limits)).toBe('output-limit')
  })

  test('the digest and the size are those of the file as handed in', () => {
    expect(read(gzipSync(plain)).size).toBe(gzipSync(plain).length)
  })

  test.each([
    ['gzip', gzipSync(plain)],
    ['zstd', zstdCompressSync(plain)],
    ['xz', xz],
  ])('%s: the output is capped before it is made', (_, bytes) => {
    expect(refusal(bytes, { outputBytesMax: 1000 })).toBe('output-limit')
  })

  test('the number of frames is capped', () => {
    expect(refusal(Buffer.concat(new Array<Buffer>(5).fill(skippable)), { framesMax: 4 })).toBe('frame-limit')
  })

  test('a dictionary above the limit is refused', () => {
    expect(refusal(xz, { windowBytesMax: 64 * 1024 })).toBe('window-limit')
  })

  test('a high ratio is a warning, as long as the output is small', () => {
    const zeros = Buffer.concat([plain, Buffer.alloc(12_000_000)])
    const result = readModule(zstdCompressSync(zeros))
    expect(result.ok && result.warnings.map(({ code }) => code)).toContain('compression-ratio')
  })

  test('any single changed byte of an xz file is noticed', () => {
    fc.assert(
      fc.property(fc.nat(xz.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(xz)
        damaged[at] = (damaged[at] ?? 0) ^ change
        expect(readModule(damaged).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('an xz file cut anywhere is refused', () => {
    fc.assert(
      fc.property(fc.nat(xz.length - 1), length => {
        expect(readModule(xz.subarray(0, length)).ok).toBe(false)
      }),
    )
  })
})
