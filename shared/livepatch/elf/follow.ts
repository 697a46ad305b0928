import { compact, type Text, textAt } from './bytes.ts'
import type { Elf } from './read-elf.ts'
import type { Relocations } from './read-relocations.ts'
import { SHN } from './read-symbols.ts'
import { isData, type Section, SHT } from './section.ts'

/** A byte of a section. */
export type Place = { readonly section: Section; readonly offset: number }

/** Where a symbol plus an addend leads. */
export type Target =
  | ({ readonly kind: 'place' } & Place)
  /** An import, or a symbol that the kernel's livepatch code resolves. */
  | { readonly kind: 'outside'; readonly symbol: number; readonly addend: number }
  | { readonly kind: 'bad'; readonly why: string }

/** What stands in a pointer-sized field of data. */
export type Field = { readonly kind: 'null' } | { readonly kind: 'raw' } | Target

const NULL: Field = { kind: 'null' }
const RAW: Field = { kind: 'raw' }

export const follow = (elf: Elf, symbol: number, addend: number): Target => {
  const { symbols, sections } = elf
  if (symbol >= symbols.count) return { kind: 'bad', why: `names symbol ${symbol}, of ${symbols.count}` }
  const home = symbols.home(symbol)
  if (home < 0) {
    const reserved = symbols.section(symbol)
    if (reserved === SHN.UNDEF || reserved === SHN.LIVEPATCH) return { kind: 'outside', symbol, addend }
    return { kind: 'bad', why: `symbol ${symbol} has no section (0x${reserved.toString(16)})` }
  }
  const section = sections[home]
  if (!section) return { kind: 'bad', why: `symbol ${symbol} is in section ${home}, of ${sections.length}` }
  const offset = compact(symbols.value(symbol) + addend)
  if (!(offset >= 0 && offset <= section.size))
    return { kind: 'bad', why: `points to ${section.name}${offset < 0 ? '' : '+'}${offset}, outside its ${section.size} bytes` }
  return { kind: 'place', section, offset }
}

const isZero = (elf: Elf, section: Section, offset: number, length: number): boolean => {
  if (section.type === SHT.NOBITS) return true
  const start = section.offset + offset
  for (let at = start; at < start + length; at += 1) if (elf.input.bytes[at] !== 0) return false
  return true
}

/** Whether `length` bytes at a place are zero in the file and no relocation writes there. */
export const isBlank = (elf: Elf, section: Section, offset: number, length: number): boolean => {
  const table = elf.relocations.of(section)
  return (!table || table.next(offset) >= offset + length) && isZero(elf, section, offset, length)
}

/** Position of the last relocation at exactly this offset, or -1. */
const relocationAt = (table: Relocations, offset: number): number => {
  let found = -1
  for (let index = table.from(offset); index < table.count && table.offsets[index] === offset; index += 1)
    if (table.types[index] !== 0) found = index
  return found
}

export const hasRelocation = (elf: Elf, section: Section, offset: number): boolean => {
  const table = elf.relocations.of(section)
  return table !== null && relocationAt(table, offset) !== -1
}

/** Reads the eight bytes at a place as a pointer. The caller has checked that they lie in the section. */
export const fieldAt = (elf: Elf, section: Section, offset: number): Field => {
  const table = elf.relocations.of(section)
  const index = table ? relocationAt(table, offset) : -1
  if (!table || index === -1) return isZero(elf, section, offset, 8) ? NULL : RAW
  const type = table.types[index] ?? 0
  if (type !== elf.machine.pointer) return { kind: 'bad', why: `has relocation type ${type}, which makes no pointer` }
  return follow(elf, table.symbols[index] ?? 0, table.addends[index] ?? 0)
}

/** Whether an address in code is that of an entry of the table of contents (ppc64). */
export const isTocEntry = (elf: Elf, type: number, target: Target): target is Place & { kind: 'place' } =>
  target.kind === 'place' && elf.machine.throughToc.has(type) && target.section.name.startsWith('.toc')

/** What an address in code means: where it is that of an entry of the table of contents, the address in that entry. */
export const throughToc = (elf: Elf, type: number, target: Target): Target => {
  if (!isTocEntry(elf, type, target)) return target
  if (target.offset + 8 > target.section.size) return { kind: 'bad', why: 'is outside the table of contents' }
  const entry = fieldAt(elf, target.section, target.offset)
  return entry.kind === 'null' || entry.kind === 'raw' ? target : entry
}

/** Bytes under a pointer's relocation that are not zero; RELA ignores them, but no compiler writes them. */
export const hasInPlaceBytes = (elf: Elf, section: Section, offset: number): boolean =>
  !isZero(elf, section, offset, 8) && hasRelocation(elf, section, offset)

/** The string at a place in data. Zero-initialised sections hold empty strings. */
export const stringAt = (elf: Elf, at: Place, bytesMax: number): Text => {
  if (!isData(at.section)) return { ok: false, why: 'outside' }
  if (at.section.type === SHT.NOBITS) return at.offset < at.section.size ? { ok: true, text: '' } : { ok: false, why: 'outside' }
  const start = at.section.offset
  return textAt(elf.input.bytes, start + at.offset, start + at.section.size, bytesMax)
}

/** Symbols that are looked at around one place: aliases exist, thousands of them only in crafted files. */
const ALIASES_MAX = 16

/** The symbol of that type which begins at a place. */
export const symbolAt = (elf: Elf, section: Section, offset: number, type: number): number | null => {
  const { indexes, from } = elf.symbols.inSection(section.index)
  const first = from(offset)
  for (let position = first; position < first + ALIASES_MAX; position += 1) {
    const symbol = indexes[position]
    if (symbol === undefined || elf.symbols.value(symbol) !== offset) return null
    if (elf.symbols.type(symbol) === type) return symbol
  }
  return null
}

/** The symbol whose bytes hold a place: the last one that begins at or before it and reaches beyond it. */
export const symbolAround = (elf: Elf, section: Section, offset: number, type: number): number | null => {
  const { indexes, from } = elf.symbols.inSection(section.index)
  const last = from(offset + 1) - 1
  for (let position = last; position > last - ALIASES_MAX; position -= 1) {
    const symbol = indexes[position]
    if (symbol === undefined) return null
    if (elf.symbols.type(symbol) === type && elf.symbols.value(symbol) + elf.symbols.size(symbol) > offset) return symbol
  }
  return null
}
