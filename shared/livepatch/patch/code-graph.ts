import { hash } from 'node:crypto'
import { follow, type Place, stringAt, symbolAround, symbolAt } from '../elf/follow.ts'
import { trailingImmediate } from '../elf/machines.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { fileSize, has, isCode, type Section, SHF } from '../elf/section.ts'
import { type CodeExtent, type CodeNode, codeExtent } from './code-node.ts'
import { hashFrom } from './hash-from.ts'
import { localBranches } from './local-branches.ts'

export type CodeGraph = {
  /** The function that begins at a place; null where symbols were stripped and its end is not known. */
  extentAt: (at: Place) => CodeExtent | null
  /** A function and every local function it can reach, in the order in which the code names them; null: more than is looked at. */
  reachable: (from: CodeExtent) => readonly CodeNode[] | null
  /** Digest of what a function does: its code and that of the local functions it reaches, after relocation. */
  hash: (at: Place) => string | null
}

const SECTION_STEP = 0x1_0000_0000
/** Functions looked at below one entry point. */
const REACHABLE_MAX = 4096
/** What following one relocation costs, in bytes looked at. */
const RELOCATION_COST = 8
const OBJECT_BYTES_MAX = 64 * 1024

/** What looking at one function needs. */
type Context = {
  readonly elf: Elf
  readonly nameBytesMax: number
  readonly extentAt: (at: Place) => CodeExtent | null
  /** Bytes that may still be looked at: crafted symbols can make a million functions and constants of the same bytes. */
  readonly budget: { bytes: number }
  /** Content of named constants, by symbol. */
  readonly constants: Map<number, string>
}

export const codeGraph = (elf: Elf, nameBytesMax: number): CodeGraph => {
  const extents = new Map<number, CodeExtent | null>()
  const extentAt = (at: Place): CodeExtent | null => {
    const key = at.section.index * SECTION_STEP + at.offset
    let extent = extents.get(key)
    if (extent === undefined) {
      extent = findExtent(elf, at)
      extents.set(key, extent)
    }
    return extent
  }
  const budget = { bytes: 4 * elf.input.length + 1024 * 1024 }
  const context: Context = { elf, nameBytesMax, extentAt, budget, constants: new Map() }
  const nodes = new Map<string, CodeNode>()
  const nodeOf = (extent: CodeExtent): CodeNode | null => {
    const known = nodes.get(extent.key)
    if (known) return known
    budget.bytes -= extent.end - extent.start
    const made = budget.bytes < 0 ? null : makeNode(context, extent)
    if (!made || budget.bytes < 0) return null
    nodes.set(extent.key, made)
    return made
  }
  const reachable = (from: CodeExtent): readonly CodeNode[] | null => {
    const found = new Map<string, CodeNode>()
    const queue = [from]
    for (let next = 0; next < queue.length; next += 1) {
      const extent = queue[next]
      const node = extent && nodeOf(extent)
      if (!node || found.size >= REACHABLE_MAX) return null
      if (found.has(node.extent.key)) continue
      found.set(node.extent.key, node)
      queue.push(...node.callees.filter(callee => !found.has(callee.key)))
    }
    return [...found.values()]
  }
  const meanings = new Map<string, string | null>()
  const hashOf = (at: Place): string | null => {
    const extent = extentAt(at)
    if (!extent) return null
    if (!meanings.has(extent.key)) hashFrom(extent, nodeOf, meanings)
    return meanings.get(extent.key) ?? null
  }
  return { extentAt, reachable, hash: hashOf }
}

/** With -ffunction-sections each function has a section, and its extent is known without a symbol. */
const OWN_SECTION = /^\.text\.(?!unlikely$|hot$|startup$|exit$|sorted\.)/

const findExtent = (elf: Elf, at: Place): CodeExtent | null => {
  const { section, offset } = at
  const symbol = symbolAt(elf, at, STT.FUNC)
  const size = symbol === null ? 0 : elf.symbols.size(symbol)
  if (size > 0 && offset + size <= fileSize(section)) return codeExtent(section, offset, offset + size)
  return offset === 0 && OWN_SECTION.test(section.name) && fileSize(section) > 0 ? codeExtent(section, 0, section.size) : null
}

/** The compiler numbers clones and static locals; the number changes when unrelated code does. */
const unnumbered = (name: string): string => {
  const last = name.charCodeAt(name.length - 1)
  return last >= 0x30 && last <= 0x39 ? name.replace(/\.\d+$/, '') : name
}

type Reference = { at: number; text: string; callee: CodeExtent | null }

const makeNode = (context: Context, extent: CodeExtent): CodeNode => {
  const { elf } = context
  const { section, start, end } = extent
  const code = elf.input.bytes.subarray(section.offset + start, section.offset + end)
  const references = relocated(context, extent)
  const branches = localCalls(context, extent, code, references)
  const bytes = branches.length > 0 ? Buffer.from(code) : code
  for (const { at } of branches) bytes.fill(0, at, at + BRANCH_BYTES)
  let text = ''
  const callees = new Map<string, CodeExtent>()
  for (const reference of branches.length > 0 ? [...references, ...branches].sort((a, b) => a.at - b.at) : references) {
    text += `${reference.at} ${reference.text}\n`
    if (reference.callee) callees.set(reference.callee.key, reference.callee)
  }
  return { extent, digest: hash('sha256', text + bytes.toString('latin1')), callees: [...callees.values()] }
}

/** All four CPUs have the displacement in four bytes. */
const BRANCH_BYTES = 4

/** Calls that the assembler resolved: they hit the very beginning of another function and no relocation stands there. */
const localCalls = (
  { elf, extentAt }: Context,
  { section, start }: CodeExtent,
  code: Uint8Array,
  references: readonly Reference[],
): readonly Reference[] => {
  const branches = localBranches(elf.machine.arch, code)
  if (branches.length === 0) return []
  const covered = new Set(references.map(({ at }) => at))
  return branches.flatMap(({ at, target }) => {
    const place = { section, offset: start + target }
    const symbol = covered.has(at) || place.offset < 0 ? null : symbolAt(elf, place, STT.FUNC)
    const callee = symbol === null ? null : extentAt(place)
    return symbol !== null && callee ? [{ at, text: `local ${unnumbered(elf.symbols.name(symbol))}`, callee }] : []
  })
}

const relocated = (context: Context, extent: CodeExtent): readonly Reference[] => {
  const { elf } = context
  const table = elf.relocations.of(extent.section)
  const found: Reference[] = []
  const anonymous = new Map<string, number>()
  for (let index = table?.from(extent.start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < extent.end; index += 1) {
    const [offset, type] = [table.offsets[index] ?? 0, table.types[index] ?? 0]
    if (type === 0) continue
    context.budget.bytes -= RELOCATION_COST
    if (context.budget.bytes < 0) return found
    const shift = elf.machine.direct.get(type) ?? 0
    const extra = shift === 4 ? trailingImmediate(elf.input.bytes, extent.section.offset + offset) : 0
    const target = follow(elf, table.symbols[index] ?? 0, (table.addends[index] ?? 0) + shift + extra)
    const at = offset - extent.start
    if (target.kind === 'outside') found.push({ at, text: `${type} outside ${target.symbol} ${table.addends[index] ?? 0}`, callee: null })
    else if (target.kind === 'bad') found.push({ at, text: `${type} bad`, callee: null })
    else if (isCode(target.at.section)) found.push(codeReference(context, extent, at, type, target.at))
    else found.push({ at, text: `${type} ${dataText(context, extent, target.at, anonymous)}`, callee: null })
  }
  return found
}

const codeReference = ({ elf, extentAt }: Context, extent: CodeExtent, at: number, type: number, target: Place): Reference => {
  const isOwn = target.section === extent.section && target.offset >= extent.start && target.offset < extent.end
  if (isOwn) return { at, text: `${type} self+${target.offset - extent.start}`, callee: null }
  const symbol = symbolAround(elf, target, STT.FUNC)
  if (symbol === null) return { at, text: `${type} code ${target.section.name}`, callee: extentAt(target) }
  const start = elf.symbols.value(symbol)
  const text = `${type} function ${unnumbered(elf.symbols.name(symbol))}+${target.offset - start}`
  return { at, text, callee: extentAt({ section: target.section, offset: start }) }
}

/** Data by what it is, not by where it lies: strings and constants by content, objects by name, the rest by order of appearance. */
const dataText = (context: Context, extent: CodeExtent, at: Place, anonymous: Map<string, number>): string => {
  const { elf, nameBytesMax } = context
  const { section, offset } = at
  if (has(section, SHF.STRINGS)) {
    const text = stringAt(elf, at, nameBytesMax)
    if (text.ok) return `string ${text.text.length} ${text.text}`
  }
  if (has(section, SHF.MERGE) && !has(section, SHF.STRINGS) && section.entrySize > 0 && offset + section.entrySize <= fileSize(section)) {
    const start = section.offset + offset
    return `constant ${Buffer.from(elf.input.bytes.subarray(start, start + Math.min(64, section.entrySize))).toString('hex')}`
  }
  const object = objectAround(context, extent, at)
  if (object) return object
  const key = `${section.index} ${offset}`
  const number = anonymous.get(key) ?? anonymous.size
  anonymous.set(key, number)
  return `data ${section.name}#${number} ${has(section, SHF.WRITE) ? '' : namelessContent(context, extent, at)}`
}

const NAMELESS_BYTES_MAX = 256

/** Constants without a name, such as jump tables, up to the next symbol. */
const namelessContent = (context: Context, extent: CodeExtent, { section, offset }: Place): string => {
  const { indexes, from } = context.elf.symbols.inSection(section.index)
  const next = indexes[from(offset + 1)]
  const symbol = next === undefined ? Number.POSITIVE_INFINITY : context.elf.symbols.value(next)
  return contentOf(context, extent, section, offset, Math.min(fileSize(section), offset + NAMELESS_BYTES_MAX, symbol))
}

/** Constant bytes, and where the pointers among them lead. */
const contentOf = ({ elf, budget }: Context, extent: CodeExtent, section: Section, start: number, end: number): string => {
  budget.bytes -= Math.max(0, end - start)
  if (budget.bytes < 0 || end <= start) return ''
  let content = elf.input.bytes.toString('latin1', section.offset + start, section.offset + end)
  const table = elf.relocations.of(section)
  for (let index = table?.from(start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < end; index += 1) {
    budget.bytes -= RELOCATION_COST
    if (budget.bytes < 0) return ''
    const target = follow(elf, table.symbols[index] ?? 0, table.addends[index] ?? 0)
    const isOwn =
      target.kind === 'place' && target.at.section === extent.section && target.at.offset >= extent.start && target.at.offset < extent.end
    content += ` ${target.kind === 'place' ? (isOwn ? target.at.offset - extent.start : target.at.section.name) : target.kind}`
  }
  return content
}

const objectAround = (context: Context, extent: CodeExtent, at: Place): string | null => {
  const { elf, constants } = context
  const symbol = symbolAround(elf, at, STT.OBJECT)
  if (symbol === null) return null
  const { section, offset } = at
  const [start, size] = [elf.symbols.value(symbol), elf.symbols.size(symbol)]
  const isConstant = !has(section, SHF.WRITE) && size <= OBJECT_BYTES_MAX && start + size <= fileSize(section)
  if (isConstant && !constants.has(symbol)) constants.set(symbol, hash('sha256', contentOf(context, extent, section, start, start + size)))
  return `object ${unnumbered(elf.symbols.name(symbol))}+${offset - start} ${isConstant ? constants.get(symbol) : ''}`
}
