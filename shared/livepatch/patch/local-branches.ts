import type { Machine } from '../elf/machines.ts'

/**
 * Calls and jumps inside one section, which the assembler resolves without a relocation: their displacement changes when anything in
 * between grows, although the code means the same.
 */
export type LocalBranch = {
  /** Where the four bytes with the displacement stand, relative to the code that was given. */
  readonly at: number
  /** Where it leads, relative to the same. */
  readonly target: number
}

/** `mayBegin` rules out most places by their first byte. */
type Decoder = { step: number; mayBegin: (byte: number) => boolean; decode: (code: DataView, at: number) => LocalBranch | null }

const X86: Decoder = {
  step: 1,
  mayBegin: byte => byte === 0xe8 || byte === 0xe9 || byte === 0x0f,
  decode: (code, at) => {
    const opcode = code.getUint8(at)
    const isNear = opcode === 0xe8 || opcode === 0xe9
    const isConditional = opcode === 0x0f && at + 1 < code.byteLength && (code.getUint8(at + 1) & 0xf0) === 0x80
    const operand = at + (isNear ? 1 : 2)
    if ((!isNear && !isConditional) || operand + 4 > code.byteLength) return null
    return { at: operand, target: operand + 4 + code.getInt32(operand, true) }
  },
}

const AARCH64: Decoder = {
  step: 4,
  mayBegin: () => true,
  decode: (code, at) => {
    if (at + 4 > code.byteLength) return null
    const word = code.getUint32(at, true)
    return (word & 0x7c00_0000) >>> 0 === 0x1400_0000 ? { at, target: at + ((word << 6) >> 4) } : null
  },
}

const S390X: Decoder = {
  step: 2,
  mayBegin: byte => byte === 0xc0,
  decode: (code, at) => {
    if (at + 6 > code.byteLength || code.getUint8(at) !== 0xc0) return null
    const kind = code.getUint8(at + 1) & 0xf
    return kind === 4 || kind === 5 ? { at: at + 2, target: at + code.getInt32(at + 2, false) * 2 } : null
  },
}

const PPC64LE: Decoder = {
  step: 4,
  mayBegin: () => true,
  decode: (code, at) => {
    if (at + 4 > code.byteLength) return null
    const word = code.getUint32(at, true)
    return word >>> 26 === 18 ? { at, target: at + (((word & 0x03ff_fffc) << 6) >> 6) } : null
  },
}

const DECODERS: Readonly<Record<Machine['arch'], Decoder>> = { x86_64: X86, aarch64: AARCH64, s390x: S390X, ppc64le: PPC64LE }

/**
 * What could be such a branch, by its bytes. On x86-64 data may look like one, so the caller keeps only those that hit the very beginning of
 * another function.
 */
export const localBranches = (arch: Machine['arch'], bytes: Uint8Array): readonly LocalBranch[] => {
  const { step, mayBegin, decode } = DECODERS[arch]
  const code = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: LocalBranch[] = []
  for (let at = 0; at < bytes.length; at += step) {
    if (!mayBegin(bytes[at] ?? 0)) continue
    const branch = decode(code, at)
    if (branch && (branch.target < 0 || branch.target >= bytes.length)) found.push(branch)
  }
  return found
}
