import { createHash } from 'node:crypto'
import { sha256 } from '../../canonical/index.ts'
import { follow, functionAround, type Place, stringAt, symbolAt } from '../elf/follow.ts'
import { trailingImmediate } from '../elf/machines.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { fileSize, has, isCode, type Section, SHF } from '../elf/section.ts'
import { localBranches } from './local-branches.ts'

/** A piece of code whose extent is known. */
export type CodeExtent = { readonly section: Section; readonly start: number; readonly end: number }

/** One function: a digest of its own code, and which local functions it refers to. */
type CodeNode = { readonly extent: CodeExtent; readonly digest: string; readonly callees: readonly CodeExtent[] }

export type CodeGraph = {
  /** The function that begins at a place; null where symbols were stripped and its end is not known. */
  extentAt: (at: Place) => CodeExtent | null
  /** A function and every local function it can reach, in the order in which the code names them; null: more than is looked at. */
  reachable: (from: CodeExtent) => readonly CodeNode[] | null
  /** Digest of what a function does: its code and that of the local functions it reaches, after relocation. */
  hash: (at: Place) => string | null
}

/** Functions looked at below one function, and visits in all: crafted symbols could make each function reach each other. */
const REACHABLE_MAX = 1024
const VISITS_MAX = 200_000
const OBJECT_BYTES_MAX = 64 * 1024

const keyOf = ({ section, start, end }: CodeExtent): string => `${section.index} ${start} ${end}`

export const codeGraph = (elf: Elf, nameBytesMax: number): CodeGraph => {
  const nodes = new Map<string, CodeNode>()
  const budget = { visits: VISITS_MAX, bytes: 4 * elf.input.length + 1024 * 1024 }
  const nodeOf = (extent: CodeExtent): CodeNode | null => {
    const known = nodes.get(keyOf(extent))
    if (known) return known
    budget.bytes -= extent.end - extent.start
    if (budget.bytes < 0) return null
    const made = makeNode(elf, extent, nameBytesMax)
    nodes.set(keyOf(extent), made)
    return made
  }
  const reachable = (from: CodeExtent): readonly CodeNode[] | null => {
    const found = new Map<string, CodeNode>()
    const queue = [from]
    for (let next = 0; next < queue.length; next += 1) {
      const extent = queue[next]
      if (!extent || found.has(keyOf(extent))) continue
      const node = nodeOf(extent)
      budget.visits -= 1 + (node?.callees.length ?? 0)
      if (!node || found.size >= REACHABLE_MAX || budget.visits < 0) return null
      found.set(keyOf(extent), node)
      queue.push(...node.callees.filter(callee => !found.has(keyOf(callee))))
    }
    return [...found.values()]
  }
  const hash = (at: Place): string | null => {
    const extent = extentAt(elf, at)
    const all = extent && reachable(extent)
    return all ? sha256(all.map(({ digest }) => digest).join(' ')) : null
  }
  return { extentAt: at => extentAt(elf, at), reachable, hash }
}

/** With -ffunction-sections each function has a section, and its extent is known without a symbol. */
const OWN_SECTION = /^\.text\.(?!unlikely$|hot$|startup$|exit$|sorted\.)/

const extentAt = (elf: Elf, at: Place): CodeExtent | null => {
  const { section, offset } = at
  const symbol = symbolAt(elf, at, STT.FUNC)
  const size = symbol === null ? 0 : elf.symbols.size(symbol)
  if (size > 0 && offset + size <= fileSize(section)) return { section, start: offset, end: offset + size }
  return offset === 0 && OWN_SECTION.test(section.name) && fileSize(section) > 0 ? { section, start: 0, end: section.size } : null
}

/** The compiler numbers clones and static locals; the number changes when unrelated code does. */
const unnumbered = (name: string): string => name.replace(/\.\d+$/, '')

type Reference = { at: number; text: string; callee: CodeExtent | null }

const makeNode = (elf: Elf, extent: CodeExtent, nameBytesMax: number): CodeNode => {
  const { section, start, end } = extent
  const code = Uint8Array.from(elf.input.bytes.subarray(section.offset + start, section.offset + end))
  const references = [...relocated(elf, extent, nameBytesMax)]
  const covered = new Set(references.map(({ at }) => at))
  for (const branch of localBranches(elf.machine.arch, code)) {
    const place = { section, offset: start + branch.target }
    if (covered.has(branch.at) || branch.target === 0 || place.offset < 0) continue
    const callee = extentAt(elf, place)
    const symbol = symbolAt(elf, place, STT.FUNC)
    if (!callee || symbol === null) continue
    code.fill(0, branch.at, branch.at + branch.bytes)
    references.push({ at: branch.at, text: `local ${unnumbered(elf.symbols.name(symbol))}`, callee })
  }
  const digest = createHash('sha256').update(code)
  for (const { at, text } of references.sort((a, b) => a.at - b.at)) digest.update(`\n${at} ${text}`)
  const callees = new Map(references.flatMap(({ callee }) => (callee ? [[keyOf(callee), callee] as const] : [])))
  return { extent, digest: digest.digest('hex'), callees: [...callees.values()] }
}

const relocated = (elf: Elf, extent: CodeExtent, nameBytesMax: number): readonly Reference[] => {
  const table = elf.relocations.of(extent.section)
  const found: Reference[] = []
  const anonymous = new Map<string, number>()
  for (let index = table?.from(extent.start) ?? 0; table && index < table.count && (table.offsets[index] ?? 0) < extent.end; index += 1) {
    const [offset, type] = [table.offsets[index] ?? 0, table.types[index] ?? 0]
    if (type === 0) continue
    const shift = elf.machine.direct.get(type) ?? 0
    const extra = shift === 4 ? trailingImmediate(elf.input.bytes, extent.section.offset + offset) : 0
    const target = follow(elf, table.symbols[index] ?? 0, (table.addends[index] ?? 0) + shift + extra)
    const at = offset - extent.start
    if (target.kind === 'outside') found.push({ at, text: `${type} outside ${target.symbol} ${table.addends[index] ?? 0}`, callee: null })
    else if (target.kind === 'bad') found.push({ at, text: `${type} bad`, callee: null })
    else if (isCode(target.at.section)) found.push(codeReference(elf, extent, at, type, target.at))
    else found.push({ at, text: `${type} ${dataText(elf, target.at, nameBytesMax, anonymous)}`, callee: null })
  }
  return found
}

const codeReference = (elf: Elf, extent: CodeExtent, at: number, type: number, target: Place): Reference => {
  const isOwn = target.section === extent.section && target.offset >= extent.start && target.offset < extent.end
  if (isOwn) return { at, text: `${type} self+${target.offset - extent.start}`, callee: null }
  const symbol = functionAround(elf, target.section, target.offset)
  if (symbol === null) return { at, text: `${type} code ${target.section.name}`, callee: extentAt(elf, target) }
  const start = elf.symbols.value(symbol)
  const text = `${type} function ${unnumbered(elf.symbols.name(symbol))}+${target.offset - start}`
  return { at, text, callee: extentAt(elf, { section: target.section, offset: start }) }
}

/** Data by what it is, not by where it lies: strings and constants by content, objects by name, the rest by order of appearance. */
const dataText = (elf: Elf, at: Place, nameBytesMax: number, anonymous: Map<string, number>): string => {
  const { section, offset } = at
  if (has(section, SHF.STRINGS)) {
    const text = stringAt(elf, at, nameBytesMax)
    if (text.ok) return `string ${JSON.stringify(text.text)}`
  }
  if (has(section, SHF.MERGE) && !has(section, SHF.STRINGS) && section.entrySize > 0 && offset + section.entrySize <= fileSize(section)) {
    const start = section.offset + offset
    return `constant ${Buffer.from(elf.input.bytes.subarray(start, start + Math.min(64, section.entrySize))).toString('hex')}`
  }
  const object = objectAround(elf, at)
  if (object) return object
  const key = `${section.index} ${offset}`
  const number = anonymous.get(key) ?? anonymous.size
  anonymous.set(key, number)
  return `data ${section.name}#${number}`
}

const objectAround = (elf: Elf, { section, offset }: Place): string | null => {
  const list = elf.symbols.inSection(section.index)
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (elf.symbols.value(list[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  const symbol = list[low - 1]
  if (symbol === undefined || elf.symbols.type(symbol) === STT.FUNC) return null
  const [start, size] = [elf.symbols.value(symbol), elf.symbols.size(symbol)]
  if (offset >= start + Math.max(size, 1)) return null
  const isConstant = !has(section, SHF.WRITE) && size > 0 && size <= OBJECT_BYTES_MAX && start + size <= fileSize(section)
  const content = isConstant ? sha256(elf.input.bytes.subarray(section.offset + start, section.offset + start + size)) : ''
  return `object ${unnumbered(elf.symbols.name(symbol))}+${offset - start} ${content}`
}
