import type { Limits } from '../limits.ts'
import { done, type Refusal, type Result, refuse } from '../refusal.ts'
import { type Bytes, bytesOf } from './bytes.ts'
import { MACHINES, type Machine } from './machines.ts'

/** Elf64_Ehdr as far as a relocatable file needs it. */
export type Header = {
  readonly input: Bytes
  readonly machine: Machine
  readonly sectionTable: number
  readonly sectionCount: number
  readonly sectionNames: number
}

const HEADER_BYTES = 64
export const SECTION_HEADER_BYTES = 64
/** From this number on the count stands in section 0 (SHN_LORESERVE), and so does the names' index (SHN_XINDEX). */
const COUNT_ELSEWHERE = 0xff00
const INDEX_ELSEWHERE = 0xffff

const isElf = (file: Uint8Array): boolean => file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46

const identity = (file: Uint8Array): Refusal | null => {
  const fault = (...args: Parameters<typeof refuse>): Refusal => refuse(...args).error
  if (file.length === 0) return fault('empty', 'file', 0, 'the file has no bytes')
  if (!isElf(file)) return fault('unknown-format', 'file', 0, 'neither an ELF file nor gzip, xz or zstd by its first bytes')
  if (file.length < HEADER_BYTES)
    return fault('truncated', 'file', file.length, `cut inside the ELF header: ${file.length} of ${HEADER_BYTES} bytes`)
  if (file[4] === 1) return fault('unsupported-class', 'file', 4, '32-bit ELF; livepatch modules are read as 64-bit only')
  if (file[4] !== 2) return fault('unsupported-class', 'file', 4, `EI_CLASS is ${file[4]}, not 2 (64-bit)`)
  if (file[5] !== 1 && file[5] !== 2) return fault('bad-byte-order', 'file', 5, `EI_DATA is ${file[5]}, neither 1 (little) nor 2 (big)`)
  return null
}

const machineOf = (file: Uint8Array, input: Bytes, little: boolean): Result<Machine> => {
  const number = input.u16(18)
  const known = MACHINES.find(machine => machine.number === number)
  if (known && known.little === little) return done(known)
  const turned = MACHINES.some(machine => machine.number === bytesOf(file, !little).u16(18))
  if (known || turned) return refuse('bad-byte-order', 'file', 5, 'EI_DATA contradicts the byte order of the machine in e_machine')
  return refuse('unsupported-machine', 'file', 18, `e_machine is ${number}; x86-64, aarch64, s390x and ppc64le are read`)
}

/** Reads and checks the ELF header. The section table's place is checked against the file, its content is not. */
export const readHeader = (file: Uint8Array, limits: Limits): Result<Header> => {
  const wrong = identity(file)
  if (wrong) return { ok: false, error: wrong }
  const little = file[5] === 1
  const input = bytesOf(file, little)
  const machine = machineOf(file, input, little)
  if (!machine.ok) return machine
  if (input.u16(16) !== 1) return refuse('not-relocatable', 'file', 16, `e_type is ${input.u16(16)}, not 1 (ET_REL): not a kernel module`)
  if (input.u16(58) !== SECTION_HEADER_BYTES)
    return refuse('bad-section-header-size', 'file', 58, `e_shentsize is ${input.u16(58)}, not 64`)
  const sectionTable = input.u64(40)
  if (sectionTable === 0) return refuse('no-section-table', 'file', 40, 'e_shoff is 0')
  if (sectionTable > file.length - SECTION_HEADER_BYTES) return outside(input)
  const sectionCount = input.u16(60) === 0 ? input.u64(sectionTable + 32) : input.u16(60)
  if (input.u16(60) === 0 && sectionCount < COUNT_ELSEWHERE)
    return refuse('no-section-table', 'file', 60, 'e_shnum is 0 and section 0 holds no count')
  if (sectionCount > limits.sectionsMax)
    return refuse('too-many-sections', 'file', 60, `${sectionCount} sections, ${limits.sectionsMax} are allowed`)
  if (sectionTable + sectionCount * SECTION_HEADER_BYTES > file.length) return outside(input)
  const names = input.u16(62) === INDEX_ELSEWHERE ? input.u32(sectionTable + 40) : input.u16(62)
  if (names === 0 || names >= sectionCount)
    return refuse('no-section-names', 'file', 62, `e_shstrndx is ${names}, of ${sectionCount} sections`)
  return done({ input, machine: machine.value, sectionTable, sectionCount, sectionNames: names })
}

const outside = (input: Bytes) =>
  refuse('section-table-outside-file', 'file', 40, `the section table at ${input.decimal(40)} does not fit into ${input.length} bytes`)
