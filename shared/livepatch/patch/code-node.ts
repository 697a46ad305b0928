import type { Section } from '../elf/section.ts'

/**
 * One function. Its extent is known from the start, the rest is filled in by those who look at its code. A single object holds it all, the
 * state of the walk in hash-from.ts too, because a module may have tens of thousands of functions.
 */
export type CodeNode = {
  readonly section: Section
  readonly start: number
  readonly end: number
  /** Of its own code after relocation; null: nobody looked yet, or more than is looked at. */
  digest: string | null
  /** The local functions that the code names, each once, in the order of places. */
  callees: readonly CodeNode[]
  /** It also names code whose symbol was stripped, so there may be more. */
  namesUnknown: boolean
  /** The function whose code named it last. */
  namedBy: CodeNode | null
  /** Digest of what it does, callees included; null: something below it is not known; undefined: not worked out yet. */
  meaning: string | null | undefined
  /** When the walk met it, and the first that it leads back to. */
  order: number
  low: number
  /** Callees that the walk has seen, the function it came from, and the one that it met before and that is not settled either. */
  next: number
  caller: CodeNode | null
  below: CodeNode | null
}

const NOBODY: readonly CodeNode[] = []
export const UNMET = -1

export const codeNode = (section: Section, start: number, end: number): CodeNode => ({
  section,
  start,
  end,
  digest: null,
  callees: NOBODY,
  namesUnknown: false,
  namedBy: null,
  meaning: undefined,
  order: UNMET,
  low: UNMET,
  next: 0,
  caller: null,
  below: null,
})
