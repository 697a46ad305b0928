import { compact } from '../elf/bytes.ts'
import { type Field, fieldAt, type Place, symbolAround } from '../elf/follow.ts'
import { lowerBound } from '../elf/lower-bound.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { has, isCode, isData, type Section, SHF } from '../elf/section.ts'
import type { Warnings } from '../warnings.ts'
import type { CodeReferences } from './code-targets.ts'
import { type Key, keyOf, placeOf } from './key.ts'
import type { Terrain } from './terrain.ts'

/**
 * Where the klp_patch is. Two independent ways: the argument of klp_enable_patch(), read off the calling code's relocations, and a scan for
 * structures that begin with THIS_MODULE and go on with a pointer to data. The first tells a used patch from an unused one; the second
 * finds the patch where the call sits in a helper.
 */
export type FoundPatch =
  | { kind: 'one'; at: Place; foundBy: 'init-argument' | 'this-module'; others: readonly Place[] }
  | { kind: 'several'; candidates: readonly Place[] }
  | { kind: 'none' }

const CANDIDATES_MAX = 256
/** mod, objs, states and replace of struct klp_patch. */
export const PATCH_HEAD_BYTES = 32

export const findPatch = (elf: Elf, references: CodeReferences, terrain: Terrain, warnings: Warnings): FoundPatch => {
  const scanned = scanForOwner(elf, terrain)
  const handed = argumentsOfCalls(elf, references, warnings)
  const all = handed.filter(at => hasOwner(elf, at))
  const shaped = all.filter(at => pointsToData(elf, at))
  const [first, ...more] = shaped.length > 0 ? shaped : all.filter(at => isBareHead(elf, at))
  if (first && more.length === 0)
    return { kind: 'one', at: first, foundBy: 'init-argument', others: scanned.filter(at => !isSame(at, first)) }
  if (first) return { kind: 'several', candidates: [first, ...more] }
  const [only, ...rest] = scanned
  if (only && rest.length === 0) return { kind: 'one', at: only, foundBy: 'this-module', others: [] }
  if (only) return { kind: 'several', candidates: scanned }
  const foreign = handed.find(at => fits(at) && fieldAt(elf, at.section, at.offset).kind !== 'null' && beginsObjects(elf, at, terrain))
  if (foreign)
    warnings.add(
      'foreign-owner',
      foreign.section.name,
      foreign.offset,
      'like a klp_patch, but its first field is not THIS_MODULE: the kernel refuses it',
    )
  return { kind: 'none' }
}

const isSame = (a: Place, b: Place): boolean => a.section.index === b.section.index && a.offset === b.offset

const isThisModule = ({ symbols }: Elf, field: Field): boolean =>
  (field.kind === 'outside' && symbols.name(field.symbol) === '__this_module') ||
  (field.kind === 'place' && field.section.name === '.gnu.linkonce.this_module' && field.offset === 0)

/** Most pointers are to something else, and that costs nothing to see. */
const mayBeThisModule = ({ symbols, sections }: Elf, symbol: number): boolean => {
  if (symbol >= symbols.count) return false
  const home = symbols.home(symbol)
  return home < 0 || sections[home]?.name === '.gnu.linkonce.this_module'
}

const fits = (at: Place): boolean => at.offset + PATCH_HEAD_BYTES <= at.section.size
const hasOwner = (elf: Elf, at: Place): boolean => fits(at) && isThisModule(elf, fieldAt(elf, at.section, at.offset))
const pointsToData = (elf: Elf, at: Place): boolean => {
  const objects = fieldAt(elf, at.section, at.offset + 8)
  return objects.kind === 'place' && isData(objects.section)
}

const PATCH_BYTES = 200

/**
 * Without a good pointer to the objects, only what follows tells a klp_patch from the many structures that begin with their owner
 * (file_operations and its kin are full of functions): nothing but zeros.
 */
const isBareHead = (elf: Elf, { section, offset }: Place): boolean => {
  const isFunction = [8, 16].some(distance => {
    const field = fieldAt(elf, section, offset + distance)
    return field.kind === 'place' && isCode(field.section)
  })
  const table = elf.relocations.of(section)
  return !isFunction && (!table || table.next(offset + 24) >= Math.min(section.size, offset + PATCH_BYTES))
}

const argumentsOfCalls = (elf: Elf, references: CodeReferences, warnings: Warnings): readonly Place[] => {
  const found = new Set<Key>()
  const { calls, targets } = references
  if (calls.length > CANDIDATES_MAX)
    warnings.add(
      'many-calls',
      calls[0]?.code.name ?? null,
      null,
      `${calls.length} calls that enable a livepatch; the first ${CANDIDATES_MAX} are looked at`,
    )
  const looked = new Set<string>()
  for (const { code, offset } of calls.slice(0, CANDIDATES_MAX)) {
    const { start, end } = extentOfCode(elf, code, offset)
    if (looked.has(`${code.index} ${start}`)) continue
    looked.add(`${code.index} ${start}`)
    const first = lowerBound(targets.code, keyOf(code.index, start))
    for (let at = first; (targets.code[at] ?? Number.POSITIVE_INFINITY) < keyOf(code.index, end) && found.size < CANDIDATES_MAX; at += 1)
      found.add(targets.data[at] ?? 0)
  }
  return [...found].flatMap(key => placeOf(elf, key) ?? [])
}

/** The function around a place in code, or its whole section where symbols were stripped. */
export const extentOfCode = (elf: Elf, code: Section, offset: number): { start: number; end: number } => {
  const symbol = symbolAround(elf, code, offset, STT.FUNC)
  if (symbol === null) return { start: 0, end: code.size }
  const start = elf.symbols.value(symbol)
  return { start, end: Math.min(code.size, start + elf.symbols.size(symbol)) }
}

const scanForOwner = (elf: Elf, terrain: Terrain): readonly Place[] => {
  const found: Place[] = []
  for (const section of elf.sections) {
    if (!isData(section) || !has(section, SHF.WRITE) || section.name === '.gnu.linkonce.this_module') continue
    const table = elf.relocations.of(section)
    for (let index = 0; table && index < table.count && found.length < CANDIDATES_MAX; index += 1) {
      if (table.types[index] !== elf.machine.pointer || !mayBeThisModule(elf, table.symbols[index] ?? 0)) continue
      const at = { section, offset: compact(table.offsets[index] ?? 0) }
      if (hasOwner(elf, at) && beginsObjects(elf, at, terrain)) found.push(at)
    }
  }
  return found
}

const beginsObjects = (elf: Elf, at: Place, terrain: Terrain): boolean => {
  const objects = fieldAt(elf, at.section, at.offset + 8)
  return (
    objects.kind === 'place' && isData(objects.section) && terrain.objectAt(keyOf(objects.section.index, objects.offset)).kind !== 'bad'
  )
}
