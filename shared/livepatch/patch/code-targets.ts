import { follow, type Place, type Target, throughToc } from '../elf/follow.ts'
import { trailingImmediate } from '../elf/machines.ts'
import type { Elf } from '../elf/read-elf.ts'
import type { Relocations } from '../elf/read-relocations.ts'
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
    const symbol = importNamed(elf, table, index)
    if (symbol !== null) found.push({ code, offset: table.offsets[index] ?? 0, symbol })
  }
  return found
}

/** The null symbol stands in relocations that name nothing, such as R_PPC64_ENTRY. */
const importNamed = (elf: Elf, table: Relocations, index: number): string | null => {
  const [symbol, type] = [table.symbols[index] ?? 0, table.types[index] ?? 0]
  if (type === 0 || symbol === 0) return null
  if (isImport(elf, symbol)) return elf.symbols.name(symbol)
  if (!elf.machine.throughToc.has(type)) return null
  const target = throughToc(elf, type, follow(elf, symbol, table.addends[index] ?? 0))
  return target.kind === 'outside' ? elf.symbols.name(target.symbol) : null
}

const dataAddress = (elf: Elf, code: Section, offset: number, type: number, symbol: number, addend: number): Place | null => {
  const { machine } = elf
  const adjust = machine.direct.get(type)
  if (adjust !== undefined) {
    const shift = adjust === 4 ? 4 + trailingImmediate(elf.input.bytes, code.offset + offset) : adjust
    return inData(follow(elf, symbol, addend + shift))
  }
  return machine.throughToc.has(type) ? inData(throughToc(elf, type, follow(elf, symbol, addend))) : null
}

const inData = (target: Target): Place | null => (target.kind === 'place' && isData(target.section) ? target : null)
