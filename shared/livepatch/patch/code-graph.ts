import { type Place, symbolAt } from '../elf/follow.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { fileSize, type Section } from '../elf/section.ts'
import { type CodeNode, codeNode } from './code-node.ts'
import { hashFrom } from './hash-from.ts'
import { type CodeContext, lookAtCode } from './look-at-code.ts'
import { newTranscript } from './transcript.ts'

export type CodeGraph = {
  /** The function that begins at a place; null where symbols were stripped and its end is not known. */
  functionAt: (section: Section, offset: number) => CodeNode | null
  /** A function and every local function it can reach, in the order in which the code names them; null: more than is looked at. */
  reachable: (from: CodeNode) => readonly CodeNode[] | null
  /** Digest of what a function does: its code and that of the local functions it reaches, after relocation. */
  hash: (at: Place) => string | null
}

/** Functions looked at below one entry point. */
const REACHABLE_MAX = 4096
/** Functions that are remembered; of a module that names more, no code is compared from there on. */
const FUNCTIONS_MAX = 100_000
const EXHAUSTED = -1

export const codeGraph = (elf: Elf, nameBytesMax: number): CodeGraph => {
  const budget = { bytes: 4 * elf.input.length + 1024 * 1024 }
  const functions = new Map<number, CodeNode | null>()
  const functionAt = (section: Section, offset: number): CodeNode | null => {
    const symbol = symbolAt(elf, section, offset, STT.FUNC)
    if (symbol === null && offset > 0) return null
    const key = symbol ?? -section.index
    let known = functions.get(key)
    if (known === undefined) {
      if (functions.size >= FUNCTIONS_MAX) {
        budget.bytes = EXHAUSTED
        return null
      }
      known = findFunction(elf, section, offset, symbol)
      functions.set(key, known)
    }
    return known
  }
  const context: CodeContext = {
    elf,
    nameBytesMax,
    functionAt,
    budget,
    callees: [],
    branches: [],
    anonymous: new Map(),
    constants: new Map(),
    transcript: newTranscript(),
    constant: newTranscript(),
  }
  const look = (node: CodeNode): boolean => node.digest !== null || lookAtCode(context, node)
  const reachable = (from: CodeNode): readonly CodeNode[] | null => {
    const found = new Set([from])
    for (const node of found) {
      if (!look(node) || found.size > REACHABLE_MAX) return null
      for (const callee of node.callees) found.add(callee)
    }
    return [...found]
  }
  const hashOf = (at: Place): string | null => {
    const node = functionAt(at.section, at.offset)
    if (node && node.meaning === undefined) hashFrom(node, look)
    return node?.meaning ?? null
  }
  return { functionAt, reachable, hash: hashOf }
}

/** With -ffunction-sections each function has a section, and its extent is known without a symbol. */
const OWN_SECTION = /^\.text\.(?!unlikely$|hot$|startup$|exit$|sorted\.)/

const findFunction = (elf: Elf, section: Section, offset: number, symbol: number | null): CodeNode | null => {
  const size = symbol === null ? 0 : elf.symbols.size(symbol)
  if (size > 0 && offset + size <= fileSize(section)) return codeNode(section, offset, offset + size)
  return offset === 0 && OWN_SECTION.test(section.name) && fileSize(section) > 0 ? codeNode(section, 0, section.size) : null
}
