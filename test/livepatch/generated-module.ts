/**
 * A livepatch module of any size, made without a compiler: x86-64, one object, `functions` patched functions of `codeBytes` bytes. Each 24 bytes
 * of code refer to something: an import, a string, a variable, the function before. With small functions this is as dense as a module gets: nine
 * tenths of it are records.
 */
export type Shape = { readonly functions: number; readonly codeBytes: number }

const REFERENCE_EVERY_BYTES = 24
const [FUNCTION_BYTES, OBJECT_BYTES, PATCH_BYTES, COUNTERS_BYTES] = [152, 168, 256, 512]
const [R_64, R_PC32, R_PLT32, R_32S] = [1, 2, 4, 11]
const [TEXT, DATA, STRINGS, INIT, SYMTAB, STRTAB] = [1, 3, 5, 6, 9, 10]

type Section = { name: string; type: number; flags: number; bytes: Buffer; link?: number; info?: number; entrySize?: number }

const records = (count: number, bytes: number) => {
  const buffer = Buffer.alloc(count * bytes)
  let at = 0
  return {
    buffer,
    symbol: (name: number, info: number, section: number, value: number, size: number): void => {
      buffer.writeUInt32LE(name, at)
      buffer.writeUInt8(info, at + 4)
      buffer.writeUInt16LE(section, at + 6)
      buffer.writeUInt32LE(value, at + 8)
      buffer.writeUInt32LE(size, at + 16)
      at += bytes
    },
    relocation: (offset: number, type: number, symbol: number, addend: number): void => {
      buffer.writeUInt32LE(offset, at)
      buffer.writeUInt32LE(type, at + 8)
      buffer.writeUInt32LE(symbol, at + 12)
      buffer.writeBigInt64LE(BigInt(addend), at + 16)
      at += bytes
    },
  }
}

/** NUL-terminated strings and where each begins. */
const stringTable = (strings: readonly string[]): { bytes: Buffer; at: readonly number[] } => {
  let length = 0
  const at = strings.map(text => {
    length += text.length + 1
    return length - text.length - 1
  })
  return { bytes: Buffer.from(strings.map(text => `${text}\0`).join(''), 'latin1'), at }
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

export const generatedModule = ({ functions, codeBytes }: Shape): Buffer => {
  const names = stringTable([
    '',
    'counters',
    ...range(functions).map(index => `new_${index}`),
    '__this_module',
    'klp_enable_patch',
    'print',
  ])
  const strings = stringTable(range(functions).map(index => `old_function_${index}`))
  const nameAt = (index: number): number => names.at[index] ?? 0
  const [counters, first, imports] = [4, 5, 5 + functions]
  const [owner, enable, print] = [imports, imports + 1, imports + 2]

  const symbols = records(imports + 3, 24)
  symbols.symbol(0, 0, 0, 0, 0)
  for (const section of [TEXT, DATA, STRINGS]) symbols.symbol(0, 3, section, 0, 0)
  symbols.symbol(nameAt(1), 1, DATA, 0, COUNTERS_BYTES)
  for (const index of range(functions)) symbols.symbol(nameAt(2 + index), 2, TEXT, index * codeBytes, codeBytes)
  for (const index of range(3)) symbols.symbol(nameAt(2 + functions + index), 0x10, 0, 0, 0)

  const text = Buffer.alloc(functions * codeBytes)
  for (let at = 0; at < text.length; at += 1) text[at] = (at * 37 + (at >> 8)) & 0xff
  const code = records(Math.floor(codeBytes / REFERENCE_EVERY_BYTES) * functions, 24)
  for (const index of range(functions))
    for (let at = 0; at + REFERENCE_EVERY_BYTES <= codeBytes; at += REFERENCE_EVERY_BYTES) {
      const place = index * codeBytes + at + 4
      const kind = (at / REFERENCE_EVERY_BYTES) % 4
      text.writeUInt32LE(0, place)
      if (kind === 0) code.relocation(place, R_PC32, 3, (strings.at[index] ?? 0) - 4)
      else if (kind === 1) code.relocation(place, R_PLT32, print, -4)
      else if (kind === 2) code.relocation(place, R_PC32, counters, (index % 64) * 8 - 4)
      else code.relocation(place, R_PLT32, first + Math.max(0, index - 1), -4)
    }

  const [patch, object, array] = [COUNTERS_BYTES, COUNTERS_BYTES + PATCH_BYTES, COUNTERS_BYTES + PATCH_BYTES + 2 * OBJECT_BYTES]
  const data = Buffer.alloc(array + (functions + 1) * FUNCTION_BYTES)
  data[patch + 24] = 1
  const pointers = records(3 + 2 * functions, 24)
  pointers.relocation(patch, R_64, owner, 0)
  pointers.relocation(patch + 8, R_64, 2, object)
  pointers.relocation(object + 8, R_64, 2, array)
  for (const index of range(functions)) {
    pointers.relocation(array + index * FUNCTION_BYTES, R_64, 3, strings.at[index] ?? 0)
    pointers.relocation(array + index * FUNCTION_BYTES + 8, R_64, first + index, 0)
  }
  const init = records(2, 24)
  init.relocation(3, R_32S, 2, patch)
  init.relocation(8, R_PLT32, enable, -4)

  const relocations = (target: number, bytes: Buffer): Section => ({
    name: '.rela',
    type: 4,
    flags: 0x40,
    bytes,
    link: SYMTAB,
    info: target,
    entrySize: 24,
  })
  return elf([
    { name: '.text', type: 1, flags: 6, bytes: text },
    relocations(TEXT, code.buffer),
    { name: '.data', type: 1, flags: 3, bytes: data },
    relocations(DATA, pointers.buffer),
    { name: '.rodata.str1.1', type: 1, flags: 0x32, bytes: strings.bytes, entrySize: 1 },
    { name: '.init.text', type: 1, flags: 6, bytes: Buffer.from('48c7c700000000e800000000c3', 'hex') },
    relocations(INIT, init.buffer),
    { name: '.modinfo', type: 1, flags: 2, bytes: Buffer.from('livepatch=Y\0name=generated\0license=GPL\0vermagic=6.1.0 SMP \0') },
    { name: '.symtab', type: 2, flags: 0, bytes: symbols.buffer, link: STRTAB, info: imports, entrySize: 24 },
    { name: '.strtab', type: 3, flags: 0, bytes: names.bytes },
  ])
}

const HEADER_BYTES = 64

const elf = (sections: readonly Section[]): Buffer => {
  const names = stringTable(['', ...sections.map(({ name }) => name), '.shstrtab'])
  const all = [...sections, { name: '.shstrtab', type: 3, flags: 0, bytes: names.bytes }]
  const table = Buffer.alloc((all.length + 1) * HEADER_BYTES)
  let end = HEADER_BYTES
  const pieces = all.flatMap(({ type, flags, bytes, link = 0, info = 0, entrySize = 0 }: Section, index) => {
    const at = (index + 1) * HEADER_BYTES
    const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8)
    table.writeUInt32LE(names.at[index + 1] ?? 0, at)
    table.writeUInt32LE(type, at + 4)
    table.writeUInt32LE(flags, at + 8)
    table.writeUInt32LE(end, at + 24)
    table.writeUInt32LE(bytes.length, at + 32)
    table.writeUInt32LE(link, at + 40)
    table.writeUInt32LE(info, at + 44)
    table.writeUInt32LE(entrySize, at + 56)
    end += bytes.length + padding.length
    return [bytes, padding]
  })
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(1, 16)
  header.writeUInt16LE(62, 18)
  header.writeUInt32LE(1, 20)
  header.writeUInt32LE(end, 40)
  header.writeUInt16LE(HEADER_BYTES, 52)
  header.writeUInt16LE(HEADER_BYTES, 58)
  header.writeUInt16LE(all.length + 1, 60)
  header.writeUInt16LE(all.length, 62)
  return Buffer.concat([header, ...pieces, table])
}
