import type { Limits } from '../limits.ts'
import { done, type Result, refuse } from '../refusal.ts'
import type { Warnings } from '../warnings.ts'
import { type Bytes, compact } from './bytes.ts'
import { lowerBoundsOf } from './lower-bound.ts'
import { has, isCode, isData, type Section, SHF, SHT } from './section.ts'

const RELA_BYTES = 24
const SYMBOL_BYTES = 24

/** The relocations of one section, ordered by place; of several at one place the last in the file comes last, and wins. */
export type Relocations = {
  readonly count: number
  readonly offsets: Float64Array
  readonly symbols: Uint32Array
  readonly types: Uint32Array
  readonly addends: Float64Array
  /** First position whose offset is not below the given one. */
  from: (offset: number) => number
  /** The first offset that is not below the given one; infinity where there is none. */
  next: (offset: number) => number
}

export type RelocationTables = {
  /** Ordinary relocations of a section, or null. */
  of: (section: Section) => Relocations | null
  /** Sections that the kernel's livepatch code applies later (SHF_RELA_LIVEPATCH), in file order. */
  readonly livepatch: readonly Section[]
}

/** Checks every relocation section; reads one only when it is asked for. */
export const readRelocations = (
  input: Bytes,
  sections: readonly Section[],
  limits: Limits,
  warnings: Warnings,
): Result<RelocationTables> => {
  const byTarget = new Map<number, Section[]>()
  const livepatch: Section[] = []
  let total = 0
  for (const section of sections) {
    if (section.type === SHT.REL)
      warnings.add('unexpected-rel', section.name, section.offset, 'REL instead of RELA; no CPU that is read here uses it: ignored')
    if (section.type !== SHT.RELA) continue
    if (section.entrySize !== RELA_BYTES)
      return refuse('bad-relocation-table', section.name, section.offset, `sh_entsize is ${section.entrySize}, not 24`)
    if (section.size % RELA_BYTES !== 0)
      return refuse('bad-relocation-table', section.name, section.offset, `${section.size} bytes are no whole number of relocations`)
    const target = sections[section.info]
    if (target && has(target, SHF.ALLOC)) total += section.size / RELA_BYTES
    if (total > limits.relocationsMax)
      return refuse('too-many-relocations', section.name, section.offset, `more than ${limits.relocationsMax} in what is loaded`)
    const why = unusable(section, sections)
    warnOfSymbols(input, section, sections, warnings)
    if (why) warnings.add('ignored-relocations', section.name, section.offset, why)
    else if (has(section, SHF.RELA_LIVEPATCH)) livepatch.push(section)
    else {
      const others = byTarget.get(section.info)
      if (others) others.push(section)
      else byTarget.set(section.info, [section])
    }
  }
  const read = new Map<number, Relocations>()
  const of = (target: Section): Relocations | null => {
    const known = read.get(target.index)
    if (known) return known
    const tables = byTarget.get(target.index)
    if (!tables) return null
    const table = readTable(input, tables, target, warnings)
    read.set(target.index, table)
    return table
  }
  return done({ of, livepatch })
}

/** One look at every relocation, also those that nobody follows: debuggers and the kernel do. */
const warnOfSymbols = (input: Bytes, section: Section, sections: readonly Section[], warnings: Warnings): void => {
  const table = sections[section.link]
  if (table?.type !== SHT.SYMTAB) return
  const count = table.size / SYMBOL_BYTES
  const word = input.little ? 12 : 8
  for (let place = section.offset; place < section.offset + section.size; place += RELA_BYTES)
    if (input.u32(place + word) >= count) {
      warnings.add('bad-relocation', section.name, place, `names symbol ${input.u32(place + word)}, of ${count}`)
      return
    }
}

const unusable = (section: Section, sections: readonly Section[]): string | null => {
  const target = sections[section.info]
  if (!target || section.info === 0) return `sh_info names section ${section.info}, of ${sections.length}: ignored`
  if (target.type === SHT.RELA || target.type === SHT.REL) return 'applies to a section of relocations: ignored'
  if (sections[section.link]?.type !== SHT.SYMTAB) return `sh_link ${section.link} names no symbol table: ignored`
  return null
}

/** Entry `index` of a relocation section, as it stands in the file. */
export const entryOf = (
  input: Bytes,
  section: Section,
  index: number,
): { offset: number; symbol: number; type: number; addend: number } => {
  const place = section.offset + index * RELA_BYTES
  return { offset: input.u64(place), ...infoAt(input, place + 8), addend: input.s64(place + 16) }
}

/** r_info: the symbol in the high word, the type in the low one. */
const infoAt = (input: Bytes, place: number): { symbol: number; type: number } => {
  const [first, second] = [input.u32(place), input.u32(place + 4)]
  return input.little ? { symbol: second, type: first } : { symbol: first, type: second }
}

export const entriesIn = (section: Section): number => section.size / RELA_BYTES

const readTable = (input: Bytes, tables: readonly Section[], target: Section, warnings: Warnings): Relocations => {
  const [only, second] = tables
  const places = only && !second && isInOrder(input, only) ? null : placesByOffset(input, tables)
  const count = places ? places.length : entriesIn(only ?? target)
  const [symbolAt, typeAt] = input.little ? [12, 8] : [8, 12]
  const [offsets, addends, symbols, types] = [
    new Float64Array(count),
    new Float64Array(count),
    new Uint32Array(count),
    new Uint32Array(count),
  ]
  const start = only?.offset ?? 0
  for (let index = 0; index < count; index += 1) {
    const place = places ? compact(places[index] ?? 0) : start + index * RELA_BYTES
    symbols[index] = input.u32(place + symbolAt)
    types[index] = input.u32(place + typeAt)
    addends[index] = input.s64(place + 16)
    offsets[index] = input.u64(place)
  }
  const from = lowerBoundsOf(offsets)
  const table = {
    count,
    offsets,
    symbols,
    types,
    addends,
    from,
    next: (offset: number) => offsets[from(offset)] ?? Number.POSITIVE_INFINITY,
  }
  warnOfOddities(table, target, warnings)
  return table
}

/** Where the entries stand in the file, ordered by the offset that they apply to, and by their order in the file where that is the same. */
const placesByOffset = (input: Bytes, tables: readonly Section[]): Float64Array => {
  const places = new Float64Array(tables.reduce((sum, table) => sum + entriesIn(table), 0))
  let position = 0
  for (const table of tables)
    for (let place = table.offset; place < table.offset + table.size; place += RELA_BYTES) {
      places[position] = place
      position += 1
    }
  return places.sort((a, b) => input.u64(a) - input.u64(b))
}

/** As nearly every table is. */
const isInOrder = (input: Bytes, table: Section): boolean => {
  let last = 0
  for (let place = table.offset; place < table.offset + table.size; place += RELA_BYTES) {
    const offset = input.u64(place)
    if (offset < last) return false
    last = offset
  }
  return true
}

const warnOfOddities = (table: Relocations, target: Section, warnings: Warnings): void => {
  if (target.type === SHT.NOBITS && table.count > 0)
    warnings.add('relocations-into-nobits', target.name, target.offset, 'relocations for a section without bytes in the file')
  if (!isData(target) && !isCode(target)) return
  for (let index = 0; index < table.count; index += 1) {
    const offset = table.offsets[index] ?? 0
    if (offset >= target.size) {
      warnings.add('relocation-outside-section', target.name, null, `a relocation at ${offset}, beyond the section's ${target.size} bytes`)
      return
    }
    if (isData(target) && index > 0 && offset === table.offsets[index - 1] && table.types[index] !== 0 && table.types[index - 1] !== 0)
      warnings.add('duplicate-relocation', target.name, offset, 'two relocations for one place; the kernel applies both, the last wins')
  }
}
