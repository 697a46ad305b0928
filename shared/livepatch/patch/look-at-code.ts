import { follow, hasRelocation, isTocEntry, type Place, symbolAround, symbolAt, throughToc } from '../elf/follow.ts'
import { trailingImmediate } from '../elf/machines.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { fileSize, has, isCode, type Section, SHF } from '../elf/section.ts'
import type { CodeNode } from './code-node.ts'
import { keyOf } from './key.ts'
import { localBranches } from './local-branches.ts'
import type { Transcript } from './transcript.ts'

/** What following one relocation costs, in bytes looked at. */
const RELOCATION_COST = 8
const OBJECT_BYTES_MAX = 64 * 1024

/** What a piece of a transcript is about. */
const IS = {
  reference: 1,
  localCall: 2,
  bad: 3,
  outside: 4,
  tocEntry: 5,
  self: 6,
  function: 7,
  code: 8,
  string: 9,
  constant: 10,
  object: 11,
  constantObject: 12,
  data: 13,
  bytes: 14,
} as const

/** What looking at the code of one module needs. */
export type CodeContext = {
  readonly elf: Elf
  readonly nameBytesMax: number
  readonly functionAt: (section: Section, offset: number) => CodeNode | null
  /** Bytes that may still be looked at: crafted symbols can make a million functions and constants of the same bytes. */
  readonly budget: { bytes: number }
  /** The local functions that were found so far in the function that is looked at. */
  readonly callees: CodeNode[]
  /** What may be branches in that function. */
  readonly branches: number[]
  /** Numbers of places in data that have no name, in that function. */
  readonly anonymous: Map<number, number>
  /** Digests of named constants, by symbol. */
  readonly constants: Map<number, string>
  /** What is being written of a function, and of a constant that it refers to. */
  readonly transcript: Transcript
  readonly constant: Transcript
}

/**
 * Looks at a function's own code: fills in its digest and the local functions it names. The digest is over each reference, by what it refers
 * to, and over the bytes. False: more than is looked at.
 */
export const lookAtCode = (context: CodeContext, node: CodeNode): boolean => {
  const { budget, transcript, anonymous, callees } = context
  budget.bytes -= node.end - node.start
  if (budget.bytes < 0) return false
  if (anonymous.size > 0) anonymous.clear()
  callees.length = 0
  const calls = localCalls(context, node)
  writeReferences(context, node, calls)
  writeCode(context, node, calls)
  const digest = transcript.digest()
  if (budget.bytes < 0) return false
  node.digest = digest
  if (callees.length > 0) node.callees = callees.slice()
  return true
}

/** A call that the assembler resolved; `at` is the place of its displacement in the file. */
type LocalCall = { readonly at: number; readonly symbol: number; readonly callee: CodeNode }

const NO_CALLS: readonly LocalCall[] = []

/** Such calls hit the very beginning of another function, and no relocation stands there. */
const localCalls = ({ elf, functionAt, branches }: CodeContext, { section, start, end }: CodeNode): readonly LocalCall[] => {
  let calls: LocalCall[] | null = null
  localBranches(elf.machine.arch, elf.input, section.offset + start, section.offset + end, branches)
  for (let index = 0; index < branches.length; index += 2) {
    const at = branches[index] ?? 0
    const offset = (branches[index + 1] ?? 0) - section.offset
    if (offset < 0 || offset >= section.size || hasRelocation(elf, section, at - section.offset)) continue
    const symbol = symbolAt(elf, section, offset, STT.FUNC)
    const callee = symbol === null ? null : functionAt(section, offset)
    if (symbol === null || !callee) continue
    calls ??= []
    calls.push({ at, symbol, callee })
  }
  return calls ?? NO_CALLS
}

/** All four CPUs have the displacement in four bytes. */
const BRANCH_BYTES = 4
const NO_BRANCH = Buffer.alloc(BRANCH_BYTES)

/** The bytes of the code, with zeros for the displacements that the assembler resolved. */
const writeCode = ({ elf, transcript }: CodeContext, { section, start, end }: CodeNode, calls: readonly LocalCall[]): void => {
  transcript.tag(IS.bytes)
  let from = section.offset + start
  for (const { at } of calls) {
    // What looks like a call may begin inside another one's displacement.
    transcript.raw(elf.input.bytes, from, Math.max(from, at))
    transcript.raw(NO_BRANCH, 0, at + BRANCH_BYTES - Math.max(from, at))
    from = at + BRANCH_BYTES
  }
  transcript.raw(elf.input.bytes, from, section.offset + end)
}

/** A piece for each relocation and resolved call, in the order of places. */
const writeReferences = (context: CodeContext, node: CodeNode, calls: readonly LocalCall[]): void => {
  const { elf, nameBytesMax, budget, transcript } = context
  const { section, start, end } = node
  const table = elf.relocations.of(section)
  let call = 0
  for (let index = table?.from(start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < end; index += 1) {
    const offset = table.offsets[index] ?? 0
    const type = table.types[index] ?? 0
    if (type === 0) continue
    budget.bytes -= RELOCATION_COST
    if (budget.bytes < 0) return
    call = writeCalls(context, node, calls, call, offset)
    transcript.tag(IS.reference)
    transcript.number(offset - start)
    transcript.number(type)
    const shift = elf.machine.direct.get(type) ?? 0
    const extra = shift === 4 ? trailingImmediate(elf.input.bytes, section.offset + offset) : 0
    const target = throughToc(elf, type, follow(elf, table.symbols[index] ?? 0, (table.addends[index] ?? 0) + shift + extra))
    if (target.kind === 'bad') transcript.tag(IS.bad)
    else if (target.kind === 'outside') {
      transcript.tag(IS.outside)
      transcript.name(elf.input.bytes, elf.symbols.nameAt(target.symbol), nameBytesMax)
      transcript.number(target.addend - shift - extra)
    } else if (isTocEntry(elf, type, target)) {
      transcript.tag(IS.tocEntry)
      writeContent(context, node, transcript, target.section, target.offset, target.offset + TOC_ENTRY_BYTES)
    } else if (isCode(target.section)) writeCodeReference(context, node, target)
    else writeDataReference(context, node, target)
  }
  writeCalls(context, node, calls, call, end)
}

/** The calls from `next` on that stand before an offset of the section; gives the first that does not. */
const writeCalls = (context: CodeContext, node: CodeNode, calls: readonly LocalCall[], next: number, offset: number): number => {
  const { elf, nameBytesMax, transcript } = context
  const { section, start } = node
  let index = next
  for (let call = calls[index]; call && call.at < section.offset + offset; call = calls[index]) {
    transcript.tag(IS.localCall)
    transcript.number(call.at - section.offset - start)
    transcript.name(elf.input.bytes, elf.symbols.nameAt(call.symbol), nameBytesMax)
    noteCallee(context, node, call.callee)
    index += 1
  }
  return index
}

const noteCallee = ({ callees }: CodeContext, node: CodeNode, callee: CodeNode): void => {
  if (callee.namedBy === node) return
  callee.namedBy = node
  callees.push(callee)
}

const isInside = (node: CodeNode, { section, offset }: Place): boolean =>
  section === node.section && offset >= node.start && offset < node.end

const writeCodeReference = (context: CodeContext, node: CodeNode, target: Place): void => {
  const { elf, nameBytesMax, functionAt, transcript } = context
  if (isInside(node, target)) {
    transcript.tag(IS.self)
    transcript.number(target.offset - node.start)
    return
  }
  const symbol = symbolAround(elf, target.section, target.offset, STT.FUNC)
  const start = symbol === null ? target.offset : elf.symbols.value(symbol)
  const callee = functionAt(target.section, start)
  if (callee) noteCallee(context, node, callee)
  else node.namesUnknown = true
  if (symbol === null) {
    transcript.tag(IS.code)
    transcript.text(target.section.name)
    return
  }
  transcript.tag(IS.function)
  transcript.name(elf.input.bytes, elf.symbols.nameAt(symbol), nameBytesMax)
  transcript.number(target.offset - start)
}

/** Data by what it is, not by where it lies: strings and constants by content, objects by name, the rest by order of appearance. */
const writeDataReference = (context: CodeContext, node: CodeNode, at: Place): void => {
  const { elf, transcript, anonymous } = context
  const { section, offset } = at
  if (has(section, SHF.STRINGS) && writeString(context, at)) return
  if (has(section, SHF.MERGE) && !has(section, SHF.STRINGS) && section.entrySize > 0 && offset + section.entrySize <= fileSize(section)) {
    const start = section.offset + offset
    const size = Math.min(CONSTANT_BYTES_MAX, section.entrySize)
    transcript.tag(IS.constant)
    transcript.number(size)
    transcript.raw(elf.input.bytes, start, start + size)
    return
  }
  const symbol = symbolAround(elf, section, offset, STT.OBJECT)
  if (symbol !== null) {
    writeObject(context, node, at, symbol)
    return
  }
  const key = keyOf(section.index, offset)
  const number = anonymous.get(key) ?? anonymous.size
  anonymous.set(key, number)
  transcript.tag(IS.data)
  transcript.text(section.name)
  transcript.number(number)
  if (!has(section, SHF.WRITE)) writeNameless(context, node, at)
}

const writeString = ({ elf, nameBytesMax, transcript }: CodeContext, { section, offset }: Place): boolean => {
  const start = section.offset + offset
  return fileSize(section) > 0 && transcript.string(IS.string, elf.input.bytes, start, section.offset + section.size, nameBytesMax)
}

/** An entry without an address is a constant. */
const TOC_ENTRY_BYTES = 8
const CONSTANT_BYTES_MAX = 64
const NAMELESS_BYTES_MAX = 256

/** Constants without a name, such as jump tables, up to the next symbol. */
const writeNameless = (context: CodeContext, node: CodeNode, { section, offset }: Place): void => {
  const { elf, transcript } = context
  const { indexes, from } = elf.symbols.inSection(section.index)
  const next = indexes[from(offset + 1)]
  const symbol = next === undefined ? Number.POSITIVE_INFINITY : elf.symbols.value(next)
  writeContent(context, node, transcript, section, offset, Math.min(fileSize(section), offset + NAMELESS_BYTES_MAX, symbol))
}

/** Constant bytes, and where the pointers among them lead. */
const writeContent = (
  { elf, budget }: CodeContext,
  node: CodeNode,
  transcript: Transcript,
  section: Section,
  start: number,
  end: number,
): void => {
  budget.bytes -= Math.max(0, end - start)
  if (budget.bytes < 0 || end <= start) return
  transcript.tag(IS.bytes)
  transcript.number(end - start)
  transcript.raw(elf.input.bytes, section.offset + start, section.offset + end)
  const table = elf.relocations.of(section)
  for (let index = table?.from(start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < end; index += 1) {
    budget.bytes -= RELOCATION_COST
    if (budget.bytes < 0) return
    const target = follow(elf, table.symbols[index] ?? 0, table.addends[index] ?? 0)
    transcript.tag(IS.reference)
    if (target.kind !== 'place') transcript.tag(IS[target.kind])
    else if (isInside(node, target)) {
      transcript.tag(IS.self)
      transcript.number(target.offset - node.start)
    } else {
      transcript.tag(IS.data)
      transcript.text(target.section.name)
    }
  }
}

const writeObject = (context: CodeContext, node: CodeNode, { section, offset }: Place, symbol: number): void => {
  const { elf, nameBytesMax, constants, constant, transcript } = context
  const [start, size] = [elf.symbols.value(symbol), elf.symbols.size(symbol)]
  const isConstant = !has(section, SHF.WRITE) && size <= OBJECT_BYTES_MAX && start + size <= fileSize(section)
  let digest = constants.get(symbol)
  if (isConstant && digest === undefined) {
    writeContent(context, node, constant, section, start, start + size)
    digest = constant.digest()
    constants.set(symbol, digest)
  }
  transcript.tag(isConstant ? IS.constantObject : IS.object)
  transcript.name(elf.input.bytes, elf.symbols.nameAt(symbol), nameBytesMax)
  transcript.number(offset - start)
  if (isConstant) transcript.text(digest ?? '')
}
