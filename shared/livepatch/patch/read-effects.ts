import { follow, type Place, symbolAt } from '../elf/follow.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { isCode } from '../elf/section.ts'
import type { Hint, InspectedModule } from '../inspected-module.ts'
import type { CodeGraph } from './code-graph.ts'
import { type CodeNode, codeNode } from './code-node.ts'
import { importsIn } from './code-targets.ts'

/** What every function of a module calls, and what enabling a livepatch is. */
const ORDINARY =
  /^(klp_enable_patch|klp_register_patch|__fentry__|_?mcount|_mcount_call|__x86_.*|__stack_chk_.*|__ubsan_.*|__asan_.*|__kasan_.*|__sanitizer_.*|_(save|rest)gpr.*|\.TOC\.)$/
const HINTS_MAX = 64

type Entry = { section: string; symbol: string }
const INIT: Entry = { section: '.init.text', symbol: 'init_module' }
const EXIT: Entry = { section: '.exit.text', symbol: 'cleanup_module' }

/** What of the kernel init and exit call or refer to beyond enabling the livepatch, directly or through functions of the module: hints, each with its first place. */
export const readEffects = (elf: Elf, graph: CodeGraph): InspectedModule['effects'] => {
  const [init, exit] = [usesOf(elf, graph, INIT), usesOf(elf, graph, EXIT)]
  const incomplete = [init.isIncomplete ? ['init' as const] : [], exit.isIncomplete ? ['exit' as const] : []].flat()
  return { init: init.hints, exit: exit.hints, ...(incomplete.length > 0 ? { incomplete } : {}) }
}

type Uses = { hints: Hint[] | null; isIncomplete: boolean }

const usesOf = (elf: Elf, graph: CodeGraph, entry: Entry): Uses => {
  const at = entryOf(elf, entry)
  if (at === 'none') return { hints: [], isIncomplete: false }
  const start = at && functionOf(elf, graph, at)
  const reached = start && graph.reachable(start)
  if (!reached) return { hints: null, isIncomplete: false }
  const hints = new Map<string, Hint>()
  for (const node of reached)
    for (const use of importsIn(elf, node.section, node.start, node.end))
      if (!ORDINARY.test(use.symbol) && !hints.has(use.symbol) && hints.size < HINTS_MAX)
        hints.set(use.symbol, { symbol: use.symbol, section: use.code.name, offset: use.offset })
  return { hints: [...hints.values()], isIncomplete: reached.some(({ namesUnknown }) => namesUnknown) || hints.size >= HINTS_MAX }
}

/** The module structure points to both functions; their offsets in it depend on the kernel's configuration, their names don't. */
const entryOf = (elf: Elf, { section, symbol }: Entry): Place | 'none' | null => {
  const structure = elf.section('.gnu.linkonce.this_module')
  const table = structure && elf.relocations.of(structure)
  for (let index = 0; table && index < table.count; index += 1) {
    const target = follow(elf, table.symbols[index] ?? 0, table.addends[index] ?? 0)
    if (target.kind !== 'place' || !isCode(target.section)) continue
    if (elf.symbols.name(table.symbols[index] ?? 0) === symbol || target.section.name === section) return target
  }
  const code = elf.section(section)
  const named = code && elf.symbols.inSection(code.index).indexes.find(candidate => elf.symbols.name(candidate) === symbol)
  if (code && named !== undefined) return { section: code, offset: elf.symbols.value(named) }
  return code ? null : 'none'
}

const functionOf = (elf: Elf, graph: CodeGraph, at: Place): CodeNode | null => {
  if (symbolAt(elf, at.section, at.offset, STT.FUNC) !== null) return graph.functionAt(at.section, at.offset)
  return at.offset === 0 ? codeNode(at.section, 0, at.section.size) : null
}
