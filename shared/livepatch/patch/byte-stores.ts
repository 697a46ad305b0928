import type { Bytes } from '../elf/bytes.ts'
import type { Machine } from '../elf/machines.ts'

/** A store of one byte to what a register points to: how far behind it. */
type FoundStore = (displacement: number) => void

/** Looks between two places of the file, the beginning and the end of a function. Stores to the stack are left out. */
type Scan = (input: Bytes, start: number, end: number, found: FoundStore) => void

/** `mov r8, disp8(reg)`, `movb $imm8, disp8(reg)`, `setcc disp8(reg)`; behind ModRM base 4 stands another byte, and 5 is the frame. */
const x86: Scan = ({ bytes }, start, end, found) => {
  for (let at = start; at + 2 < end; at += 1) {
    const [opcode, modrm, displacement] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0]
    if (modrm >>> 6 !== 1 || (modrm & 6) === 4 || displacement >= 0x80) continue
    const isSet = (opcode & 0xf0) === 0x90 && at > start && bytes[at - 1] === 0x0f
    if (isSet || opcode === 0x88 || (opcode === 0xc6 && (modrm & 0x38) === 0)) found(displacement)
  }
}

const AARCH64_STACK = 31

/** strb with an unsigned offset. */
const aarch64: Scan = ({ u32 }, start, end, found) => {
  for (let at = start; at + 4 <= end; at += 4) {
    const word = u32(at)
    if (word >>> 22 === 0b00_1110_0100 && ((word >>> 5) & 31) !== AARCH64_STACK) found((word >>> 10) & 0xfff)
  }
}

const S390_STACK = 15
/** The first two bits of an instruction tell its length. */
const S390_LENGTHS = [2, 4, 4, 6]

/** stc, mvi, mvc of one byte, stcy. */
const s390x: Scan = ({ bytes, u16 }, start, end, found) => {
  let length = 0
  for (let at = start; at + 4 <= end; at += length) {
    const opcode = bytes[at] ?? 0
    length = S390_LENGTHS[opcode >>> 6] ?? 2
    const operand = u16(at + 2)
    const isStore =
      opcode === 0x42 || opcode === 0x92 || (opcode === 0xd2 && bytes[at + 1] === 0) || (opcode === 0xe3 && bytes[at + 5] === 0x72)
    if (isStore && operand >>> 12 !== S390_STACK) found(operand & 0xfff)
  }
}

const PPC_STACK = 1

/** stb. */
const ppc64le: Scan = ({ u32 }, start, end, found) => {
  for (let at = start; at + 4 <= end; at += 4) {
    const word = u32(at)
    if (word >>> 26 === 38 && ((word >>> 16) & 31) !== PPC_STACK) found((word << 16) >> 16)
  }
}

const SCANS: Readonly<Record<Machine['arch'], Scan>> = { x86_64: x86, aarch64, s390x, ppc64le }

/** The displacements of such stores between two places of the file, by their bytes; which register it is, and what it holds, is not followed. */
export const byteStores = (arch: Machine['arch'], input: Bytes, start: number, end: number): ReadonlySet<number> => {
  const found = new Set<number>()
  SCANS[arch](input, start, end, displacement => found.add(displacement))
  return found
}
