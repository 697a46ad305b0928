import type { Limits } from '../limits.ts'
import { done, type Result, refuse } from '../refusal.ts'
import type { Warnings } from '../warnings.ts'
import { textAt } from './bytes.ts'
import { type Header, SECTION_HEADER_BYTES } from './read-header.ts'
import { fileSize, has, hasBytes, type Section, SHF, SHT } from './section.ts'

/** More than any module has; beyond it NOBITS is a lie or a mistake. */
const HUGE_BSS_BYTES = 1024 * 1024 * 1024

type Raw = Omit<Section, 'name'> & { nameOffset: number; place: number }

const rawSection = ({ input, sectionTable }: Header, index: number): Raw => {
  const place = sectionTable + index * SECTION_HEADER_BYTES
  return {
    index,
    place,
    nameOffset: input.u32(place),
    type: input.u32(place + 4),
    flags: input.u32(place + (input.little ? 8 : 12)),
    offset: input.u64(place + 24),
    size: input.u64(place + 32),
    link: input.u32(place + 40),
    info: input.u32(place + 44),
    entrySize: input.u64(place + 56),
  }
}

const fits = (raw: Raw, length: number): boolean => !hasBytes(raw) || (raw.offset <= length && raw.size <= length - raw.offset)

/** Reads the section table: every section lies in the file, and has a name. Contents are not looked at. */
export const readSections = (header: Header, limits: Limits, warnings: Warnings): Result<readonly Section[]> => {
  const { input, sectionCount } = header
  const raws = Array.from({ length: sectionCount }, (_, index) => rawSection(header, index))
  const names = raws[header.sectionNames]
  if (names?.type !== SHT.STRTAB || !fits(names, input.length) || names.size === 0)
    return refuse(
      'bad-section-names',
      '.shstrtab',
      names?.offset ?? null,
      'the section of section names is no string table inside the file',
    )
  const namesEnd = names.offset + names.size
  if (input.bytes[namesEnd - 1] !== 0)
    return refuse('bad-section-names', '.shstrtab', namesEnd - 1, 'the section names do not end with a NUL')
  const sections: Section[] = []
  for (const raw of raws) {
    const name = textAt(input.bytes, names.offset + raw.nameOffset, namesEnd, limits.nameBytesMax)
    if (!name.ok && name.why === 'too-long')
      return refuse(
        'name-too-long',
        '.shstrtab',
        names.offset + raw.nameOffset,
        `section ${raw.index} has a name of more than ${limits.nameBytesMax} bytes`,
      )
    if (!name.ok) return refuse('bad-section-names', '.shstrtab', raw.place, `section ${raw.index} has its name outside the string table`)
    if (!fits(raw, input.length))
      return refuse(
        'section-outside-file',
        name.text,
        raw.place + 24,
        `${input.decimal(raw.place + 32)} bytes at ${input.decimal(raw.place + 24)} do not fit into ${input.length}`,
      )
    const { nameOffset: _, place: __, ...section } = raw
    sections.push({ ...section, name: name.text })
  }
  warnOfOddities(header, sections, warnings)
  return done(sections)
}

const warnOfOddities = (header: Header, sections: readonly Section[], warnings: Warnings): void => {
  const { sectionTable, sectionCount, input } = header
  if (sections[0] && sections[0].type !== SHT.NULL)
    warnings.add('odd-section', sections[0].name, sectionTable, 'section 0 is not of type NULL; the kernel refuses that')
  if (sectionTable % 8 !== 0) warnings.add('unaligned-section-table', null, sectionTable, 'the section table is not aligned to 8 bytes')
  if (input.u32(20) !== 1) warnings.add('odd-header', null, 20, `e_version is ${input.u32(20)}, not 1`)
  if (input.u16(52) !== 64) warnings.add('odd-header', null, 52, `e_ehsize is ${input.u16(52)}, not 64`)
  if (input.u64(32) !== 0 || input.u16(56) !== 0)
    warnings.add('odd-header', null, 32, 'program headers, which a relocatable file has no use for')
  const seen = new Set<string>()
  for (const section of sections) {
    warnOfLinks(section, sections, warnings)
    if (section.type === SHT.NOBITS && section.size > HUGE_BSS_BYTES)
      warnings.add(
        'huge-nobits',
        section.name,
        section.offset,
        `zero-initialised data of ${section.size} bytes; nothing was allocated for it`,
      )
    if (has(section, SHF.COMPRESSED))
      warnings.add('compressed-section', section.name, section.offset, 'a compressed section (SHF_COMPRESSED) is not read')
    const single = section.name === '.modinfo' || section.name === '.gnu.linkonce.this_module'
    if (single && seen.has(section.name))
      warnings.add('duplicate-section', section.name, section.offset, 'there is an earlier section of this name; the first is read')
    seen.add(section.name)
  }
  warnOfPlaces(sections, sectionTable, sectionTable + sectionCount * SECTION_HEADER_BYTES, input.length, warnings)
}

const SHF_INFO_LINK = 0x40
/** Section types whose sh_info is not zero: symbol tables count local symbols, relocations name their target. */
const WITH_INFO = new Set<number>([SHT.SYMTAB, SHT.RELA, SHT.REL])
/** PROGBITS, NOTE, NOBITS, the three arrays of constructors, x86-64 unwind tables. */
const RELOCATABLE = new Set<number>([SHT.PROGBITS, SHT.NOTE, SHT.NOBITS, 14, 15, 16, 0x7000_0001])

const warnOfLinks = ({ name, type, flags, offset, link, info, index }: Section, sections: readonly Section[], warnings: Warnings): void => {
  if (link >= sections.length && !(index === 0 && link === 0))
    warnings.add('odd-section', name, offset, `sh_link is ${link}, of ${sections.length} sections`)
  const isLink = type === SHT.RELA || type === SHT.REL || (flags & SHF_INFO_LINK) !== 0
  const target = sections[info]
  if (isLink && type !== SHT.RELA && type !== SHT.REL)
    warnings.add('odd-section', name, offset, `of type ${type}, but marked as one that links to another`)
  if (isLink && (info === 0 || !target)) warnings.add('odd-section', name, offset, `sh_info is ${info}, of ${sections.length} sections`)
  else if (type === SHT.RELA && target && !RELOCATABLE.has(target.type))
    warnings.add('odd-section', name, offset, `relocates ${target.name}, a section of type ${target.type}`)
  else if (!isLink && info !== 0 && !WITH_INFO.has(type))
    warnings.add('odd-section', name, offset, `sh_info is ${info}, where it has no meaning`)
}

/** What stands where it should not: in each other's place, or behind everything. */
const warnOfPlaces = (sections: readonly Section[], tableStart: number, tableEnd: number, length: number, warnings: Warnings): void => {
  const inFile = sections.filter(section => fileSize(section) > 0).sort((a, b) => a.offset - b.offset)
  let end = SECTION_HEADER_BYTES
  let owner = 'the ELF header'
  for (const section of inFile) {
    const sectionEnd = section.offset + section.size
    if (section.offset < end) warnings.add('overlap', section.name, section.offset, `overlaps ${owner}`)
    if (section.offset < tableEnd && sectionEnd > tableStart)
      warnings.add('overlap', section.name, section.offset, 'overlaps the section table')
    if (sectionEnd > end) [end, owner] = [sectionEnd, section.name]
  }
  const last = Math.max(end, tableEnd)
  if (last < length) warnings.add('trailing-bytes', null, last, `${length - last} bytes behind the last section; nothing names them`)
}
