import type { Limits } from '../limits.ts'
import { done, type Result, refuse } from '../refusal.ts'
import type { Warnings } from '../warnings.ts'
import { type Bytes, textAt } from './bytes.ts'
import { lowerBoundsOf } from './lower-bound.ts'
import { type Section, SHT } from './section.ts'

export const STT = { NOTYPE: 0, OBJECT: 1, FUNC: 2, SECTION: 3 } as const
export const SHN = { UNDEF: 0, RESERVED: 0xff00, LIVEPATCH: 0xff20, ABS: 0xfff1, COMMON: 0xfff2, XINDEX: 0xffff } as const

/** The symbol table, as columns: a module may have a hundred thousand symbols, and most are never looked at. */
export type Symbols = {
  readonly count: number
  name: (index: number) => string
  /** Where the name stands in the file, up to a NUL. */
  nameAt: (index: number) => number
  type: (index: number) => number
  /** Index of the symbol's section, or one of SHN; a real index above 0xff00 comes from SYMTAB_SHNDX and is resolved here. */
  section: (index: number) => number
  /** Index of the section that defines the symbol; -1 where `section` is a reserved number. */
  home: (index: number) => number
  value: (index: number) => number
  size: (index: number) => number
  /** The named FUNC, OBJECT and NOTYPE symbols of a section. */
  inSection: (section: number) => SectionSymbols
  /** Those names of undefined symbols that are wanted, each once, in alphabetical order. */
  imports: (wanted: (name: string) => boolean) => readonly string[]
}

/** Symbols of one section, ordered by value. */
export type SectionSymbols = {
  readonly indexes: Uint32Array
  /** First position whose value is not below the given one. */
  from: (value: number) => number
}

const NOBODY: SectionSymbols = { indexes: new Uint32Array(), from: () => 0 }

const SYMBOL_BYTES = 24
const KNOWN_NAMES_MAX = 4096

const NONE: Symbols = {
  count: 0,
  name: () => '',
  nameAt: () => 0,
  type: () => 0,
  section: () => 0,
  home: () => -1,
  value: () => 0,
  size: () => 0,
  inSection: () => NOBODY,
  imports: () => [],
}

/** Reads SHT_SYMTAB with its string table. Names and places are checked here, once, for all who look later. */
export const readSymbols = (input: Bytes, sections: readonly Section[], limits: Limits, warnings: Warnings): Result<Symbols> => {
  const tables = sections.filter(section => section.type === SHT.SYMTAB)
  const table = tables[0]
  if (!table) {
    warnings.add('no-symbols', null, null, 'no symbol table: relocations cannot be followed, and no kernel loads this')
    return done(NONE)
  }
  if (tables.length > 1)
    warnings.add('duplicate-section', tables[1]?.name ?? null, tables[1]?.offset ?? null, 'a second symbol table; the first is read')
  const strings = sections[table.link]
  if (table.entrySize !== SYMBOL_BYTES)
    return refuse('bad-symbol-table', table.name, table.offset, `sh_entsize is ${table.entrySize}, not 24`)
  if (table.size % SYMBOL_BYTES !== 0)
    return refuse('bad-symbol-table', table.name, table.offset, `${table.size} bytes are no whole number of symbols`)
  if (strings?.type !== SHT.STRTAB)
    return refuse('bad-symbol-table', table.name, table.offset, `sh_link ${table.link} names no string table`)
  if (strings.size > 0 && input.bytes[strings.offset + strings.size - 1] !== 0)
    return refuse('bad-symbol-table', strings.name, strings.offset + strings.size - 1, 'the symbol names do not end with a NUL')
  const count = table.size / SYMBOL_BYTES
  if (count > limits.symbolsMax)
    return refuse('too-many-symbols', table.name, table.offset, `${count} symbols, ${limits.symbolsMax} are allowed`)
  const symbols = columns(input, table, strings, sections, limits)
  const fault = check(input, table, strings, sections, symbols, warnings)
  return fault ?? done(symbols)
}

const columns = (input: Bytes, table: Section, strings: Section, sections: readonly Section[], limits: Limits): Symbols => {
  const count = table.size / SYMBOL_BYTES
  const at = (index: number): number => table.offset + index * SYMBOL_BYTES
  const wide = sections.find(section => section.type === SHT.SYMTAB_SHNDX && section.link === table.index && section.size >= count * 4)
  const stringsEnd = strings.offset + strings.size
  const short = (index: number): number => input.u16(at(index) + 6)
  /** Imports are few and named by every call; the names of defined symbols are not worth the memory. */
  const known = new Map<number, string>()
  const name = (index: number): string => {
    if (short(index) !== SHN.UNDEF) return readName(index)
    const text = known.get(index) ?? readName(index)
    if (known.size < KNOWN_NAMES_MAX) known.set(index, text)
    return text
  }
  const readName = (index: number): string => {
    const text = textAt(input.bytes, strings.offset + input.u32(at(index)), stringsEnd, limits.nameBytesMax)
    return text.ok ? text.text : ''
  }
  const section = (index: number): number =>
    short(index) === SHN.XINDEX ? (wide ? input.u32(wide.offset + index * 4) : SHN.XINDEX) : short(index)
  const type = (index: number): number => (input.bytes[at(index) + 4] ?? 0) & 0xf
  const value = (index: number): number => input.u64(at(index) + 8)
  const home = (index: number): number => {
    const stated = short(index)
    if (stated < SHN.RESERVED) return stated === SHN.UNDEF ? -1 : stated
    return stated === SHN.XINDEX && wide ? input.u32(wide.offset + index * 4) : -1
  }
  const sorted = once(() => bySection(count, sections.length, { type, home, value, nameOffset: index => input.u32(at(index)) }))
  const imports = (wanted: (name: string) => boolean): readonly string[] => {
    const found = new Set<string>()
    for (let index = 1; index < count; index += 1) if (short(index) === SHN.UNDEF && wanted(name(index))) found.add(name(index))
    return [...found].sort()
  }
  return {
    count,
    name,
    nameAt: index => strings.offset + input.u32(at(index)),
    type,
    section,
    home,
    value,
    size: index => input.u64(at(index) + 16),
    inSection: index => sorted().get(index) ?? NOBODY,
    imports,
  }
}

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

type Sortable = Pick<Symbols, 'type' | 'home' | 'value'> & { nameOffset: (index: number) => number }

/** All in one column, section by section: a counting sort by section, then by value where the file does not have that order. */
const bySection = (count: number, sections: number, symbols: Sortable): ReadonlyMap<number, SectionSymbols> => {
  const isNamed = (index: number): boolean =>
    symbols.home(index) >= 0 && symbols.home(index) < sections && symbols.type(index) <= STT.FUNC && symbols.nameOffset(index) !== 0
  const ends = new Uint32Array(sections)
  for (let index = 1; index < count; index += 1) if (isNamed(index)) add(ends, symbols.home(index), 1)
  for (let section = 1; section < sections; section += 1) add(ends, section, ends[section - 1] ?? 0)
  const column = new Uint32Array(ends[sections - 1] ?? 0)
  const filled = new Uint32Array(sections)
  const found = new Map<number, SectionSymbols>()
  for (let index = 1; index < count; index += 1) {
    if (!isNamed(index)) continue
    const section = symbols.home(index)
    column[(section === 0 ? 0 : (ends[section - 1] ?? 0)) + (filled[section] ?? 0)] = index
    add(filled, section, 1)
  }
  for (let section = 0; section < sections; section += 1)
    if (filled[section])
      found.set(section, sectionSymbols(column.subarray((ends[section] ?? 0) - (filled[section] ?? 0), ends[section]), symbols))
  return found
}

const add = (column: Uint32Array, index: number, value: number): void => {
  column[index] = (column[index] ?? 0) + value
}

const sectionSymbols = (indexes: Uint32Array, { value }: Sortable): SectionSymbols => {
  const valueAt = (position: number): number => value(indexes[position] ?? 0)
  const isOrdered = indexes.every((_, position) => position === 0 || valueAt(position - 1) <= valueAt(position))
  if (!isOrdered) indexes.sort((a, b) => value(a) - value(b) || a - b)
  const values = new Float64Array(indexes.length)
  for (let position = 0; position < indexes.length; position += 1) values[position] = valueAt(position)
  return { indexes, from: lowerBoundsOf(values) }
}

const check = (input: Bytes, table: Section, strings: Section, sections: readonly Section[], symbols: Symbols, warnings: Warnings) => {
  let disordered = table.info === 0 && symbols.count > 0
  for (let index = 1; index < symbols.count; index += 1) {
    const place = table.offset + index * SYMBOL_BYTES
    if (input.u32(place) >= strings.size && input.u32(place) !== 0)
      return refuse('bad-symbol-table', table.name, place, `symbol ${index} has its name outside the string table`)
    if (((input.bytes[place + 4] ?? 0) >> 4 === 0) !== index < table.info) disordered = true
    if (symbols.home(index) >= sections.length)
      warnings.add('bad-symbol', table.name, place + 6, `symbol ${index} is in section ${symbols.section(index)}, of ${sections.length}`)
  }
  if (disordered)
    warnings.add('odd-symbols', table.name, table.offset, `sh_info is ${table.info}, but local and other symbols are not divided there`)
  return null
}
