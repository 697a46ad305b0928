import type { Limits } from '../limits.ts'
import { done, type Result } from '../refusal.ts'
import type { Warnings } from '../warnings.ts'
import type { Bytes } from './bytes.ts'
import type { Machine } from './machines.ts'
import { readHeader } from './read-header.ts'
import { type RelocationTables, readRelocations } from './read-relocations.ts'
import { readSections } from './read-sections.ts'
import { readSymbols, type Symbols } from './read-symbols.ts'
import type { Section } from './section.ts'

/** A relocatable ELF file whose tables are known to lie inside it. */
export type Elf = {
  readonly input: Bytes
  readonly machine: Machine
  readonly sections: readonly Section[]
  readonly symbols: Symbols
  readonly relocations: RelocationTables
  /** The first section of that name. */
  section: (name: string) => Section | undefined
}

/**
 * Reads a 64-bit relocatable ELF file. Every table is bounded and checked against the file; nothing is allocated by a size that the file
 * merely claims. Refuses what the kernel's loader would refuse for its form (kernel/module/main.c, elf_validity_check), and then some.
 */
export const readElf = (file: Uint8Array, limits: Limits, warnings: Warnings): Result<Elf> => {
  const header = readHeader(file, limits)
  if (!header.ok) return header
  const { input, machine } = header.value
  const sections = readSections(header.value, limits, warnings)
  if (!sections.ok) return sections
  const symbols = readSymbols(input, sections.value, limits, warnings)
  if (!symbols.ok) return symbols
  const relocations = readRelocations(input, sections.value, limits, warnings)
  if (!relocations.ok) return relocations
  const byName = new Map<string, Section>()
  for (const section of sections.value) if (!byName.has(section.name)) byName.set(section.name, section)
  return done({
    input,
    machine,
    sections: sections.value,
    symbols: symbols.value,
    relocations: relocations.value,
    section: name => byName.get(name),
  })
}
