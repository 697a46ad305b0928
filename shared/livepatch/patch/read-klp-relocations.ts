import { entriesIn, entryOf } from '../elf/read-relocations.ts'
import { SHN } from '../elf/read-symbols.ts'
import { has, SHF, SHT } from '../elf/section.ts'
import type { InspectedModule } from '../inspected-module.ts'
import type { Reading } from './read-objects.ts'

export type KlpRelocations = InspectedModule['klpRelocations']

const PREFIX = '.klp.rela.'
/** Documentation/livepatch/module-elf-format.rst; 55 is MODULE_NAME_LEN - 1. */
const SECTION_NAME = /^\.klp\.rela\.([^.]{1,55})\.(.+)$/s
const SYMBOL_NAME = /^\.klp\.sym\.([^.]{1,55})\.([^,]{1,511}),(\d{1,20})$/s

/** Relocations that the kernel applies when the object they wait for is loaded, and the symbols it looks up for them. */
export const readKlpRelocations = (reading: Reading): KlpRelocations => {
  const { elf, warnings } = reading
  const found: KlpRelocations = []
  for (const section of elf.sections)
    if (section.name.startsWith(PREFIX) && section.type === SHT.RELA && !has(section, SHF.RELA_LIVEPATCH))
      warnings.add(
        'klp-relocation-flag',
        section.name,
        section.offset,
        'named as livepatch relocations, but without the flag: the kernel treats it as ordinary',
      )
  for (const section of elf.relocations.livepatch) {
    const [, object, named] = SECTION_NAME.exec(section.name) ?? []
    const target = elf.sections[section.info]?.name ?? ''
    if (object === undefined) {
      warnings.add('malformed-section-name', section.name, section.offset, 'not .klp.rela.<object>.<section>: the kernel refuses it')
      continue
    }
    if (named !== target)
      warnings.add('klp-relocation-target', section.name, section.offset, `applies to ${target}, which its name does not say`)
    found.push({ object, section: target, entries: entriesOf(reading, section, object) })
  }
  return found
}

const entriesOf = (
  { elf, warnings }: Reading,
  section: Parameters<typeof entryOf>[1],
  object: string,
): KlpRelocations[number]['entries'] => {
  const entries: KlpRelocations[number]['entries'] = []
  const names = new Map<number, KlpRelocations[number]['entries'][number] | null>()
  for (let index = 0; index < entriesIn(section); index += 1) {
    const { symbol } = entryOf(elf.input, section, index)
    let entry = names.get(symbol)
    if (entry === undefined) {
      entry = klpSymbol(elf.symbols.name(Math.min(symbol, elf.symbols.count)))
      const isLivepatch = symbol < elf.symbols.count && elf.symbols.section(symbol) === SHN.LIVEPATCH
      if (!entry || !isLivepatch)
        warnings.add(
          'odd-klp-symbol',
          section.name,
          section.offset + index * 24,
          `symbol ${symbol} is no livepatch symbol: the kernel refuses it`,
        )
      else if (entry.symbolObject === 'vmlinux' && object !== 'vmlinux')
        warnings.add(
          'klp-vmlinux-symbol',
          section.name,
          section.offset + index * 24,
          'a vmlinux symbol in the relocations of a module; kernels since 5.8 refuse it',
        )
      names.set(symbol, entry)
    }
    if (entry) entries.push(entry)
  }
  return entries
}

const klpSymbol = (name: string): KlpRelocations[number]['entries'][number] | null => {
  const [, symbolObject, symbol, sympos] = SYMBOL_NAME.exec(name) ?? []
  return symbolObject === undefined || symbol === undefined || sympos === undefined ? null : { symbolObject, symbol, sympos }
}
