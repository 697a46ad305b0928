import type { Section } from '../elf/section.ts'

/** A piece of code whose extent is known. */
export type CodeExtent = { readonly key: string; readonly section: Section; readonly start: number; readonly end: number }

/** One function: a digest of its own code, and which local functions it refers to. */
export type CodeNode = {
  readonly extent: CodeExtent
  readonly digest: string
  readonly callees: readonly CodeExtent[]
}

export const codeExtent = (section: Section, start: number, end: number): CodeExtent => ({
  key: `${section.index} ${start} ${end}`,
  section,
  start,
  end,
})
