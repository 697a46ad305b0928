import { fieldAt, follow, type Place } from '../elf/follow.ts'
import { trailingImmediate } from '../elf/machines.ts'
import type { Elf } from '../elf/read-elf.ts'
import { SHN } from '../elf/read-symbols.ts'
import { has, isCode, isData, type Section, SHF } from '../elf/section.ts'
import { type Key, keyOf, OFFSET_END } from './key.ts'

/** Data addresses that instructions carry, by their relocations, in the order of `code`: column by column, because code is full of them. */
export type CodeTargets = { readonly code: Float64Array; readonly data: Float64Array }

/** A place in code that refers to an import. */
export type ImportUse = { readonly code: Section; readonly offset: number; readonly symbol: string }

export type CodeReferences = {
  /** Addresses in data that may be structures; strings and other merged constants are left out, and most references are those. */
  readonly targets: CodeTargets
  /** Where a livepatch is enabled. */
  readonly calls: readonly ImportUse[]
}

/** Before Linux 5.1 a livepatch was registered first. */
export const ENABLING = new Set(['klp_enable_patch', 'klp_register_patch'])

/**
 * What code refers to, without decoding an instruction: the relocation's type tells what to add to S + A.
 * One pass over all relocations of executable sections, in the order of sections and places.
 */
export const readCodeReferences = (elf: Elf): CodeReferences => {
  const [from, to]: [Key[], Key[]] = [[], []]
  const calls: ImportUse[] = []
  const { symbols, sections } = elf
  const mayMatter = sections.map(section => isData(section) && !has(section, SHF.MERGE))
  for (const code of sections) {
    const table = isCode(code) ? elf.relocations.of(code) : null
    if (!table) continue
    for (let index = 0; index < table.count; index += 1) {
      const symbol = table.symbols[index] ?? 0
      if (symbol >= symbols.count) continue
      const offset = table.offsets[index] ?? 0
      const type = table.types[index] ?? 0
      const home = symbols.home(symbol)
      if (home >= 0) {
        const data = mayMatter[home] ? dataAddress(elf, code, offset, type, symbol, table.addends[index] ?? 0) : null
        if (!data || has(data.section, SHF.MERGE) || data.offset >= OFFSET_END) continue
        from.push(keyOf(code.index, Math.min(offset, OFFSET_END - 1)))
        to.push(keyOf(data.section.index, data.offset))
      } else if (type !== 0 && isImport(elf, symbol) && ENABLING.has(symbols.name(symbol)))
        calls.push({ code, offset, symbol: symbols.name(symbol) })
    }
  }
  return { targets: { code: Float64Array.from(from), data: Float64Array.from(to) }, calls }
}

const isImport = (elf: Elf, symbol: number): boolean => symbol < elf.symbols.count && elf.symbols.section(symbol) === SHN.UNDEF

/** The imports that a stretch of code refers to, in the order of places. */
export const importsIn = (elf: Elf, code: Section, start: number, end: number): readonly ImportUse[] => {
  const table = elf.relocations.of(code)
  const found: ImportUse[] = []
  for (let index = table?.from(start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < end; index += 1) {
    const symbol = table.symbols[index] ?? 0
    if (table.types[index] !== 0 && isImport(elf, symbol))
      found.push({ code, offset: table.offsets[index] ?? 0, symbol: elf.symbols.name(symbol) })
  }
  return found
}

const dataAddress = (elf: Elf, code: Section, offset: number, type: number, symbol: number, addend: number): Place | null => {
  const { machine } = elf
  const adjust = machine.direct.get(type)
  if (adjust !== undefined) {
    const shift = adjust === 4 ? 4 + trailingImmediate(elf.input.bytes, code.offset + offset) : adjust
    return inData(follow(elf, symbol, addend + shift))
  }
  if (!machine.throughToc.has(type)) return null
  const entry = inData(follow(elf, symbol, addend))
  if (!entry?.section.name.startsWith('.toc')) return entry
  return entry.offset + 8 <= entry.section.size ? inData(fieldAt(elf, entry.section, entry.offset)) : null
}

const inData = (target: ReturnType<typeof fieldAt>): Place | null => (target.kind === 'place' && isData(target.section) ? target : null)
