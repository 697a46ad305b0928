import { fieldAt, isBlank, type Place, stringAt, symbolAt } from '../elf/follow.ts'
import { lowerBoundsOf } from '../elf/lower-bound.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { has, isCode, isData, type Section, SHF } from '../elf/section.ts'
import { type Key, keyOf, placeOf } from './key.ts'

/**
 * What a record of a klp_object or klp_func array looks like at a place. `gap` is the distance to the first relocation behind the fields
 * that the file fills in: a record cannot be longer than that.
 */
export type ObjectRecord =
  | { kind: 'record'; functions: Key | null; odd: boolean; gap: number }
  | { kind: 'end'; gap: number }
  | { kind: 'bad'; gap: number }
export type FunctionRecord = { kind: 'record' | 'end' | 'bad'; gap: number }

/**
 * What the search for record sizes sees of a module: no bytes, only what a record at a place would be. Kept this small so that a slow
 * reference can stand beside the fast solver in the tests.
 */
export type Terrain = {
  objectAt: (at: Key) => ObjectRecord
  functionAt: (at: Key) => FunctionRecord
  /** Size of the OBJECT symbol that begins here, or null. */
  symbolSize: (at: Key) => number | null
  /** How many places there are where a pointer to a string is followed by a pointer to code: what a klp_func begins with. */
  pairCount: number
  /** Which of those pairs stands at a place; -1: none. */
  pairAt: (at: Key) => number
}

/** Bytes that hold the fields that are looked at: klp_object's name and funcs; klp_func's old_name, new_func, old_sympos. */
const OBJECT_HEAD_BYTES = 16
const FUNCTION_HEAD_BYTES = 24
/** Callbacks end at 48, or at 64 where a vendor put two pointers in front of them. */
const OBJECT_FILLED_BYTES = 64

/** `.rodata` and friends may hold the arrays in odd builds, so every allocated section without code counts. */
export const terrainOf = (elf: Elf, nameBytesMax: number): Terrain => {
  const pairs = pairsOf(elf, nameBytesMax)
  const firstFrom = lowerBoundsOf(pairs)
  const pairAt = (at: Key): number => {
    const pair = firstFrom(at)
    return pairs[pair] === at ? pair : -1
  }
  const locate = (at: Key): Place | null => {
    const place = placeOf(elf, at)
    return place && isData(place.section) ? place : null
  }
  const objects = new Map<Key, ObjectRecord>()
  const objectAt = (at: Key): ObjectRecord => {
    const known = objects.get(at)
    if (known) return known
    const place = locate(at)
    const record = place ? objectRecord(elf, place.section, place.offset, nameBytesMax) : BAD
    objects.set(at, record)
    return record
  }
  const functionAt = (at: Key): FunctionRecord => {
    const place = locate(at)
    if (!place || place.offset + FUNCTION_HEAD_BYTES > place.section.size) return BAD
    if (pairAt(at) !== -1) return { kind: 'record', gap: gapAfter(elf, place, FUNCTION_HEAD_BYTES) }
    return isBlank(elf, place.section, place.offset, FUNCTION_HEAD_BYTES) ? { kind: 'end', gap: gapAfter(elf, place, 0) } : BAD
  }
  const symbolSize = (at: Key): number | null => {
    const place = locate(at)
    if (!place) return null
    return sizeOfObject(elf, place)
  }
  return { objectAt, functionAt, symbolSize, pairCount: pairs.length, pairAt }
}

/** Size of the OBJECT symbol at a place, as the symbol table says it: it may reach beyond the section. */
const sizeOfObject = (elf: Elf, at: Place): number | null => {
  const symbol = symbolAt(elf, at.section, at.offset, STT.OBJECT)
  const size = symbol === null ? 0 : elf.symbols.size(symbol)
  return size > 0 ? size : null
}

/**
 * Constants are taken for names even where they turn out to be broken strings, so that one broken name does not hide the array around it.
 * In writable data only a real string is: a list head in front of a function pointer (struct work_struct) must not pass for a klp_func.
 */
const mayBeName = (elf: Elf, at: Place, nameBytesMax: number): boolean => {
  if (!isData(at.section)) return false
  if (!has(at.section, SHF.WRITE)) return true
  const text = stringAt(elf, at, nameBytesMax)
  return text.ok && text.text !== ''
}

const BAD = { kind: 'bad', gap: Number.POSITIVE_INFINITY } as const

/** Distance from a place to the first relocation at or after `from` bytes behind it. */
const gapAfter = (elf: Elf, at: Place, from: number): number => {
  const table = elf.relocations.of(at.section)
  return table ? table.next(at.offset + from) - at.offset : Number.POSITIVE_INFINITY
}

const objectRecord = (elf: Elf, section: Section, offset: number, nameBytesMax: number): ObjectRecord => {
  if (offset + OBJECT_HEAD_BYTES > section.size) return BAD
  const at = { section, offset }
  const gap = gapAfter(elf, at, OBJECT_FILLED_BYTES)
  const name = fieldAt(elf, section, offset)
  const functions = fieldAt(elf, section, offset + 8)
  if (name.kind === 'null' && functions.kind === 'null') return { kind: 'end', gap: gapAfter(elf, at, 0) }
  if (name.kind === 'bad' || name.kind === 'outside') return BAD
  if (name.kind === 'place' && !mayBeName(elf, name, nameBytesMax)) return BAD
  if (functions.kind === 'null') return { kind: 'record', functions: null, odd: true, gap }
  if (functions.kind !== 'place' || !isData(functions.section)) return BAD
  return { kind: 'record', functions: keyOf(functions.section.index, functions.offset), odd: name.kind === 'raw', gap }
}

/** In ascending order, because sections and relocations are. */
const pairsOf = (elf: Elf, nameBytesMax: number): Float64Array => {
  const pairs: Key[] = []
  for (const section of elf.sections) {
    const table = isData(section) ? elf.relocations.of(section) : null
    if (!table) continue
    for (let index = 1; index < table.count; index += 1) {
      const offset = table.offsets[index - 1] ?? 0
      if (table.offsets[index] !== offset + 8 || offset + FUNCTION_HEAD_BYTES > section.size) continue
      const code = fieldAt(elf, section, offset + 8)
      if (code.kind !== 'place' || !isCode(code.section)) continue
      const name = fieldAt(elf, section, offset)
      if (name.kind === 'place' && mayBeName(elf, name, nameBytesMax)) pairs.push(keyOf(section.index, offset))
    }
  }
  return Float64Array.from(pairs)
}
