import { follow, hasRelocation, isTocEntry, type Place, stringAt, symbolAround, symbolAt, throughToc } from '../elf/follow.ts'
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

/** What looking at the code of one module needs. */
export type CodeContext = {
  readonly elf: Elf
  readonly nameBytesMax: number
  readonly functionAt: (at: Place) => CodeNode | null
  /** Bytes that may still be looked at: crafted symbols can make a million functions and constants of the same bytes. */
  readonly budget: { bytes: number }
  /** The local functions that were found so far in the function that is looked at. */
  readonly callees: CodeNode[]
  /** Numbers of places in data that have no name, in that function. */
  readonly anonymous: Map<number, number>
  /** Digests of named constants, by symbol. */
  readonly constants: Map<number, string>
  /** What is being written of a function, and of a constant that it refers to. */
  readonly transcript: Transcript
  readonly constant: Transcript
}

/**
 * Looks at a function's own code: fills in its digest and the local functions it names. The digest is over a line for each reference, by what it
 * refers to, and over the bytes. False: more than is looked at.
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
type LocalCall = { readonly at: number; readonly name: string; readonly callee: CodeNode }

const NO_CALLS: readonly LocalCall[] = []

/** Such calls hit the very beginning of another function, and no relocation stands there. */
const localCalls = ({ elf, functionAt }: CodeContext, { section, start, end }: CodeNode): readonly LocalCall[] => {
  let calls: LocalCall[] | null = null
  localBranches(elf.machine.arch, elf.input, section.offset + start, section.offset + end, (at, target) => {
    const place = { section, offset: target - section.offset }
    if (place.offset < 0 || hasRelocation(elf, section, at - section.offset)) return
    const symbol = symbolAt(elf, place, STT.FUNC)
    const callee = symbol === null ? null : functionAt(place)
    if (symbol === null || !callee) return
    calls ??= []
    calls.push({ at, name: unnumbered(elf.symbols.name(symbol)), callee })
  })
  return calls ?? NO_CALLS
}

/** All four CPUs have the displacement in four bytes. */
const BRANCH_BYTES = 4
const NO_BRANCH = Buffer.alloc(BRANCH_BYTES)

/** The bytes of the code, with zeros for the displacements that the assembler resolved. */
const writeCode = ({ elf, transcript }: CodeContext, { section, start, end }: CodeNode, calls: readonly LocalCall[]): void => {
  let from = section.offset + start
  for (const { at } of calls) {
    // What looks like a call may begin inside another one's displacement.
    transcript.latin1(elf.input.bytes, from, Math.max(from, at))
    transcript.latin1(NO_BRANCH, 0, at + BRANCH_BYTES - Math.max(from, at))
    from = at + BRANCH_BYTES
  }
  transcript.latin1(elf.input.bytes, from, section.offset + end)
}

/** A line for each relocation and resolved call, in the order of places. */
const writeReferences = (context: CodeContext, node: CodeNode, calls: readonly LocalCall[]): void => {
  const { elf, budget, transcript } = context
  const { section, start, end } = node
  const table = elf.relocations.of(section)
  let call = 0
  for (let index = table?.from(start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < end; index += 1) {
    const [offset, type] = [table.offsets[index] ?? 0, table.types[index] ?? 0]
    if (type === 0) continue
    budget.bytes -= RELOCATION_COST
    if (budget.bytes < 0) return
    call = writeCalls(context, node, calls, call, offset)
    transcript.number(offset - start)
    transcript.text(' ')
    transcript.number(type)
    transcript.text(' ')
    const shift = elf.machine.direct.get(type) ?? 0
    const extra = shift === 4 ? trailingImmediate(elf.input.bytes, section.offset + offset) : 0
    const target = throughToc(elf, type, follow(elf, table.symbols[index] ?? 0, (table.addends[index] ?? 0) + shift + extra))
    if (target.kind === 'bad') transcript.text('bad')
    else if (target.kind === 'outside') {
      transcript.text('outside ')
      transcript.text(target.symbol)
      transcript.text(' ')
      transcript.number(target.addend - shift - extra)
    } else if (isTocEntry(elf, type, target))
      writeContent(context, node, transcript, target.section, target.offset, target.offset + TOC_ENTRY_BYTES)
    else if (isCode(target.section)) writeCodeReference(context, node, target)
    else writeDataReference(context, node, target)
    transcript.text('\n')
  }
  writeCalls(context, node, calls, call, end)
}

/** The calls from `next` on that stand before an offset of the section; gives the first that does not. */
const writeCalls = (context: CodeContext, node: CodeNode, calls: readonly LocalCall[], next: number, offset: number): number => {
  const { transcript } = context
  const { section, start } = node
  let index = next
  for (let call = calls[index]; call && call.at < section.offset + offset; call = calls[index]) {
    transcript.number(call.at - section.offset - start)
    transcript.text(' local ')
    transcript.text(call.name)
    transcript.text('\n')
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
  const { elf, functionAt, transcript } = context
  if (isInside(node, target)) {
    transcript.text('self+')
    transcript.number(target.offset - node.start)
    return
  }
  const symbol = symbolAround(elf, target, STT.FUNC)
  const start = symbol === null ? target.offset : elf.symbols.value(symbol)
  const callee = functionAt({ section: target.section, offset: start })
  if (callee) noteCallee(context, node, callee)
  else node.namesUnknown = true
  transcript.text(symbol === null ? 'code ' : 'function ')
  transcript.text(symbol === null ? target.section.name : unnumbered(elf.symbols.name(symbol)))
  if (symbol === null) return
  transcript.text('+')
  transcript.number(target.offset - start)
}

/** Data by what it is, not by where it lies: strings and constants by content, objects by name, the rest by order of appearance. */
const writeDataReference = (context: CodeContext, node: CodeNode, at: Place): void => {
  const { elf, nameBytesMax, transcript, anonymous } = context
  const { section, offset } = at
  const text = has(section, SHF.STRINGS) ? stringAt(elf, at, nameBytesMax) : null
  if (text?.ok) {
    transcript.text('string ')
    transcript.number(text.text.length)
    transcript.text(' ')
    transcript.text(text.text)
    return
  }
  if (has(section, SHF.MERGE) && !has(section, SHF.STRINGS) && section.entrySize > 0 && offset + section.entrySize <= fileSize(section)) {
    const start = section.offset + offset
    transcript.text('constant ')
    transcript.text(elf.input.bytes.toString('hex', start, start + Math.min(CONSTANT_BYTES_MAX, section.entrySize)))
    return
  }
  const symbol = symbolAround(elf, at, STT.OBJECT)
  if (symbol !== null) {
    writeObject(context, node, at, symbol)
    return
  }
  const key = keyOf(section.index, offset)
  const number = anonymous.get(key) ?? anonymous.size
  anonymous.set(key, number)
  transcript.text('data ')
  transcript.text(section.name)
  transcript.text('#')
  transcript.number(number)
  transcript.text(' ')
  if (!has(section, SHF.WRITE)) writeNameless(context, node, at)
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
  transcript.latin1(elf.input.bytes, section.offset + start, section.offset + end)
  const table = elf.relocations.of(section)
  for (let index = table?.from(start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < end; index += 1) {
    budget.bytes -= RELOCATION_COST
    if (budget.bytes < 0) return
    const target = follow(elf, table.symbols[index] ?? 0, table.addends[index] ?? 0)
    transcript.text(' ')
    if (target.kind !== 'place') transcript.text(target.kind)
    else if (isInside(node, target)) transcript.number(target.offset - node.start)
    else transcript.text(target.section.name)
  }
}

const writeObject = (context: CodeContext, node: CodeNode, { section, offset }: Place, symbol: number): void => {
  const { elf, constants, constant, transcript } = context
  const [start, size] = [elf.symbols.value(symbol), elf.symbols.size(symbol)]
  const isConstant = !has(section, SHF.WRITE) && size <= OBJECT_BYTES_MAX && start + size <= fileSize(section)
  let digest = constants.get(symbol)
  if (isConstant && digest === undefined) {
    writeContent(context, node, constant, section, start, start + size)
    digest = constant.digest()
    constants.set(symbol, digest)
  }
  transcript.text('object ')
  transcript.text(unnumbered(elf.symbols.name(symbol)))
  transcript.text('+')
  transcript.number(offset - start)
  transcript.text(' ')
  if (isConstant) transcript.text(digest ?? '')
}

/** The compiler numbers clones and static locals; the number changes when unrelated code does. */
const unnumbered = (name: string): string => {
  const last = name.charCodeAt(name.length - 1)
  return last >= 0x30 && last <= 0x39 ? name.replace(/\.\d+$/, '') : name
}
