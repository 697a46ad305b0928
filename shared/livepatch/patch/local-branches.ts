import type { Bytes } from '../elf/bytes.ts'
import type { Machine } from '../elf/machines.ts'

/**
 * Calls and jumps inside one section, which the assembler resolves without a relocation: their displacement changes when anything in
 * between grows, although the code means the same.
 */
type Branches = number[]

/** Looks between two places of the file. A loop for each CPU: every byte of every function passes here. */
type Scan = (input: Bytes, start: number, end: number, into: Branches) => void

const note = (into: Branches, start: number, end: number, at: number, target: number): void => {
  if (target < start || target >= end) into.push(at, target)
}

const x86: Scan = ({ bytes, s32 }, start, end, into) => {
  const code = bytes.subarray(start, end)
  for (let at = 0; at < code.length; at += 1) {
    const byte = code[at]
    if (byte !== 0xe8 && byte !== 0xe9 && byte !== 0x0f) continue
    const isConditional = byte === 0x0f && ((code[at + 1] ?? 0) & 0xf0) === 0x80
    if (byte === 0x0f && !isConditional) continue
    const operand = start + at + (isConditional ? 2 : 1)
    if (operand + 4 <= end) note(into, start, end, operand, operand + 4 + s32(operand))
  }
}

const aarch64: Scan = ({ u32 }, start, end, into) => {
  for (let at = start; at + 4 <= end; at += 4) {
    const word = u32(at)
    if ((word & 0x7c00_0000) >>> 0 === 0x1400_0000) note(into, start, end, at, at + ((word << 6) >> 4))
  }
}

const s390x: Scan = ({ bytes, s32 }, start, end, into) => {
  for (let at = start; at + 6 <= end; at += 2) {
    if (bytes[at] !== 0xc0) continue
    const kind = (bytes[at + 1] ?? 0) & 0xf
    if (kind === 4 || kind === 5) note(into, start, end, at + 2, at + s32(at + 2) * 2)
  }
}

const ppc64le: Scan = ({ u32 }, start, end, into) => {
  for (let at = start; at + 4 <= end; at += 4) {
    const word = u32(at)
    if (word >>> 26 === 18) note(into, start, end, at, at + (((word & 0x03ff_fffc) << 6) >> 6))
  }
}

const SCANS: Readonly<Record<Machine['arch'], Scan>> = { x86_64: x86, aarch64, s390x, ppc64le }

/**
 * What could be such a branch between two places of the file, by its bytes, put into a list that is used again: where the four bytes with the
 * displacement stand, and where it leads, by turns. On x86-64 data may look like one, so the caller keeps only those that hit the very
 * beginning of another function.
 */
export const localBranches = (arch: Machine['arch'], input: Bytes, start: number, end: number, into: Branches): void => {
  into.length = 0
  SCANS[arch](input, start, end, into)
}
