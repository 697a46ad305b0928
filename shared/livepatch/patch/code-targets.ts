import { fieldAt, follow, type Place } from '../elf/follow.ts'
import { trailingImmediate } from '../elf/machines.ts'
import type { Elf } from '../elf/read-elf.ts'
import { isCode, isData, type Section } from '../elf/section.ts'

/** A data address that an instruction carries, by its relocation. */
export type CodeTarget = { readonly code: Section; readonly offset: number; readonly data: Place }

/** A relocation in code against an import. */
export type ImportUse = { readonly code: Section; readonly offset: number; readonly symbol: string }

export type CodeReferences = { readonly targets: readonly CodeTarget[]; readonly imports: readonly ImportUse[] }

/**
 * Everything that code refers to, without decoding an instruction: the relocation's type tells what to add to S + A.
 * One pass over all relocations of executable sections, in the order of sections and places.
 */
export const readCodeReferences = (elf: Elf): CodeReferences => {
  const targets: CodeTarget[] = []
  const imports: ImportUse[] = []
  for (const code of elf.sections) {
    const table = isCode(code) ? elf.relocations.of(code) : null
    if (!table) continue
    for (let index = 0; index < table.count; index += 1) {
      const offset = table.offsets[index] ?? 0
      const symbol = table.symbols[index] ?? 0
      const type = table.types[index] ?? 0
      if (symbol < elf.symbols.count && !elf.symbols.isDefined(symbol)) {
        if (elf.symbols.section(symbol) === 0 && type !== 0) imports.push({ code, offset, symbol: elf.symbols.name(symbol) })
        continue
      }
      const data = dataAddress(elf, code, offset, type, symbol, table.addends[index] ?? 0)
      if (data) targets.push({ code, offset, data })
    }
  }
  return { targets, imports }
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

const inData = (target: ReturnType<typeof fieldAt>): Place | null =>
  target.kind === 'place' && isData(target.at.section) ? target.at : null
