/**
 * Damage with a plan: fields of the ELF structures are hit more often than plain bytes, with the values that break readers. The same seed makes
 * the same damage.
 */
export type Random = (below: number) => number

/** mulberry32: small, fast, good enough to choose damage. */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below)
  }
}

const VALUES = [
  0n,
  1n,
  2n,
  7n,
  8n,
  23n,
  24n,
  0x18n,
  0x40n,
  0xffn,
  0xff00n,
  0xff20n,
  0xfff1n,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  1n << 32n,
  1n << 53n,
  1n << 63n,
  (1n << 64n) - 1n,
]

const write = (bytes: Uint8Array, at: number, width: number, value: bigint, little: boolean): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (at < 0 || at + width > bytes.length) return
  if (width === 8) view.setBigUint64(at, BigInt.asUintN(64, value), little)
  else if (width === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), little)
  else if (width === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), little)
  else bytes[at] = Number(BigInt.asUintN(8, value))
}

type Field = { at: number; width: number }

const HEADER: readonly Field[] = [
  [4, 1],
  [5, 1],
  [16, 2],
  [18, 2],
  [40, 8],
  [58, 2],
  [60, 2],
  [62, 2],
].map(([at = 0, width = 1]) => ({ at, width }))
const SECTION: readonly Field[] = [
  [0, 4],
  [4, 4],
  [8, 8],
  [24, 8],
  [32, 8],
  [40, 4],
  [44, 4],
  [56, 8],
].map(([at = 0, width = 1]) => ({ at, width }))
const SYMBOL: readonly Field[] = [
  [0, 4],
  [4, 1],
  [6, 2],
  [8, 8],
  [16, 8],
].map(([at = 0, width = 1]) => ({ at, width }))
const RELOCATION: readonly Field[] = [
  [0, 8],
  [8, 4],
  [12, 4],
  [16, 8],
].map(([at = 0, width = 1]) => ({ at, width }))

const RECORDS = new Map([
  [2, { bytes: 24, fields: SYMBOL }],
  [4, { bytes: 24, fields: RELOCATION }],
])

/** One place in the file that a reader looks at. */
const someField = (bytes: Uint8Array, random: Random, little: boolean): Field => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pick = <T>(list: readonly T[], fallback: T): T => list[random(list.length)] ?? fallback
  const first: Field = { at: 0, width: 1 }
  const table = bytes.length >= 64 ? Number(view.getBigUint64(40, little) % BigInt(bytes.length)) : 0
  const count = bytes.length >= 64 ? view.getUint16(60, little) : 0
  const choice = random(10)
  if (choice === 0 || count === 0) return pick(HEADER, first)
  const header = table + random(count) * 64
  if (choice <= 3 || header + 64 > bytes.length) {
    const field = pick(SECTION, first)
    return { at: header + field.at, width: field.width }
  }
  const [start, size] = [
    Number(view.getBigUint64(header + 24, little) % BigInt(bytes.length)),
    Number(view.getBigUint64(header + 32, little) % BigInt(bytes.length)),
  ]
  const record = RECORDS.get(view.getUint32(header + 4, little))
  if (!record || size < record.bytes) return { at: start + random(size), width: pick([1, 4, 8], 1) }
  const field = pick(record.fields, first)
  return { at: start + random(Math.floor(size / record.bytes)) * record.bytes + field.at, width: field.width }
}

const value = (bytes: Uint8Array, { at, width }: Field, random: Random): bigint => {
  const choice = random(4)
  if (choice === 0) return VALUES[random(VALUES.length)] ?? 0n
  if (choice === 1) return BigInt(random(bytes.length))
  if (choice === 2) return BigInt(random(256))
  const near = BigInt(bytes[at] ?? 0) + BigInt(random(17)) - 8n
  return BigInt.asUintN(width * 8, near)
}

/** A damaged copy: one to eight hits, sometimes a cut, sometimes bytes behind the end. */
export const mutate = (original: Uint8Array, random: Random): Uint8Array => {
  const bytes = Uint8Array.from(original)
  const little = original[5] !== 2
  const hits = 1 + random(8)
  for (let hit = 0; hit < hits; hit += 1) {
    if (random(5) === 0) bytes[random(bytes.length)] = random(256)
    else {
      const field = someField(bytes, random, little)
      write(bytes, field.at, field.width, value(bytes, field, random), little)
    }
  }
  const shape = random(40)
  if (shape === 0) return bytes.subarray(0, random(bytes.length))
  return shape === 1 ? Buffer.concat([bytes, Buffer.from(Array.from({ length: random(64) }, () => random(256)))]) : bytes
}
