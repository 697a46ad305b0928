/** One entry of the section table (Elf64_Shdr), with its name. */
export type Section = {
  readonly index: number
  readonly name: string
  readonly type: number
  /** The low 32 bits of sh_flags: everything that is read here stands there. */
  readonly flags: number
  readonly offset: number
  readonly size: number
  readonly link: number
  readonly info: number
  readonly entrySize: number
}

export const SHT = { NULL: 0, PROGBITS: 1, SYMTAB: 2, STRTAB: 3, RELA: 4, NOTE: 7, NOBITS: 8, REL: 9, SYMTAB_SHNDX: 18 } as const
export const SHF = { WRITE: 1, ALLOC: 2, EXECINSTR: 4, MERGE: 0x10, STRINGS: 0x20, COMPRESSED: 0x800, RELA_LIVEPATCH: 0x0010_0000 } as const

export const has = (section: Section, flag: number): boolean => (section.flags & flag) !== 0
export const isCode = (section: Section): boolean => has(section, SHF.ALLOC) && has(section, SHF.EXECINSTR)
export const isData = (section: Section): boolean => has(section, SHF.ALLOC) && !has(section, SHF.EXECINSTR)
/**
 * Whether a section has bytes in the file. One of type NULL has none to look at, but where its flags say that it is to be loaded, the kernel copies
 * them without having checked where they lie (kernel/module/main.c: elf_validity_cache_copy, move_module).
 */
export const hasBytes = ({ type, flags }: Pick<Section, 'type' | 'flags'>): boolean =>
  type !== SHT.NOBITS && (type !== SHT.NULL || (flags & SHF.ALLOC) !== 0)
/** Bytes that the section has in the file. */
export const fileSize = (section: Section): number => (hasBytes(section) ? section.size : 0)
