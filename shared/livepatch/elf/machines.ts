/**
 * What differs between CPUs, as data. Relocation numbers are those of each psABI (binutils include/elf/{x86-64,aarch64,s390,ppc64}.h).
 * `direct` maps a relocation in code to what must be added to S + A to get the data address that the instruction means.
 */
export type Machine = {
  readonly arch: 'x86_64' | 'aarch64' | 's390x' | 'ppc64le'
  readonly number: number
  readonly little: boolean
  /** The 64-bit absolute relocation: the only one that makes a pointer in data. */
  readonly pointer: number
  readonly direct: ReadonlyMap<number, number>
  /** Relocations into the table of contents (ppc64): the address stands in the entry, not in the code. */
  readonly throughToc: ReadonlySet<number>
}

const X86_64: Machine = {
  arch: 'x86_64',
  number: 62,
  little: true,
  pointer: 1, // R_X86_64_64
  direct: new Map([
    [1, 0], // 64
    [10, 0], // 32
    [11, 0], // 32S
    [2, 4], // PC32; a trailing immediate shifts it further, see trailingImmediate
    [4, 4], // PLT32
    [9, 4], // GOTPCREL
    [41, 4], // GOTPCRELX
    [42, 4], // REX_GOTPCRELX
  ]),
  throughToc: new Set(),
}

const AARCH64: Machine = {
  arch: 'aarch64',
  number: 183,
  little: true,
  pointer: 257, // R_AARCH64_ABS64
  // ABS64, ADR_PREL_LO21, ADR_PREL_PG_HI21(_NC), ADD_ABS_LO12_NC, LDST8…128_ABS_LO12_NC, JUMP26, CALL26, ADR_GOT_PAGE, LD64_GOT_LO12_NC
  direct: new Map([257, 274, 275, 276, 277, 278, 282, 283, 284, 285, 286, 299, 311, 312].map(type => [type, 0])),
  throughToc: new Set(),
}

const S390X: Machine = {
  arch: 's390x',
  number: 22,
  little: false,
  pointer: 22, // R_390_64
  direct: new Map([
    [22, 0], // 64
    [19, -2], // PC32DBL: the displacement stands two bytes into the instruction
    [20, -2], // PLT32DBL
    [26, -2], // GOTENT
  ]),
  throughToc: new Set(),
}

const PPC64LE: Machine = {
  arch: 'ppc64le',
  number: 21,
  little: true,
  pointer: 38, // R_PPC64_ADDR64
  direct: new Map([10, 38, 132, 133].map(type => [type, 0])), // REL24, ADDR64, PCREL34, GOT_PCREL34
  throughToc: new Set([47, 48, 49, 50, 63, 64]), // TOC16, _LO, _HI, _HA, _DS, _LO_DS
}

export const MACHINES: readonly Machine[] = [X86_64, AARCH64, S390X, PPC64LE]

const ONE_BYTE_IMMEDIATE = new Set([0x80, 0x83, 0xc0, 0xc1, 0xc6, 0x6b])
const FOUR_BYTE_IMMEDIATE = new Set([0x69, 0x81, 0xc7])

/**
 * x86-64 counts a PC-relative displacement from the end of the instruction, so an immediate behind the displacement moves the address:
 * `movb $1, patch+24(%rip)` is `c6 05 disp32 01`. Looks at the opcode before a RIP-relative ModRM byte; 0 where there is none.
 */
export const trailingImmediate = (code: Uint8Array, offset: number): number => {
  const modrm = code[offset - 1] ?? 0
  const opcode = code[offset - 2] ?? 0
  if ((modrm & 0xc7) !== 0x05) return 0
  if (opcode === 0xf6 && (modrm & 0x30) === 0) return 1 // test r/m8, imm8
  if (opcode === 0xf7 && (modrm & 0x30) === 0) return 4 // test r/m32, imm32
  if (ONE_BYTE_IMMEDIATE.has(opcode)) return 1
  if (!FOUR_BYTE_IMMEDIATE.has(opcode)) return 0
  return code[offset - 3] === 0x66 ? 2 : 4
}
