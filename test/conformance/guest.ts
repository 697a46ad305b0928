import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { ruleSetFor, type SymbolFacts, type Symbols } from '../../shared/kernel/index.ts'

/*
 * The functions of the kernels that recordings were made on, as /proc/kallsyms and available_filter_functions list them there,
 * without those that compilers and macros make. A line is a name, and for the three kernels how many there are of it (none: there is
 * no such function), with `n` where ftrace cannot hook it; a name alone stands for `1,1,1`.
 */
const FILE = new URL('../data/kernel-symbols.txt.gz', import.meta.url)
const KERNELS: readonly string[] = ['6.1', '6.12', '7.2']

/** Originals in which tasks of a scenario sleep. */
const SLEEPING: ReadonlyMap<string, Pick<SymbolFacts, 'sleeps'>> = new Map([['fifo_open', { sleeps: 'interruptible' }]])

const factsOf = (name: string, entry: string): SymbolFacts => ({
  occurrences: Number.parseInt(entry, 10),
  traceable: !entry.endsWith('n'),
  ...SLEEPING.get(name),
})

const read = (kernel: string): Symbols => {
  const column = Math.max(0, KERNELS.indexOf(kernel))
  const symbols = new Map<string, SymbolFacts>()
  for (const line of gunzipSync(readFileSync(FILE)).toString('utf8').split('\n')) {
    const [name = '', entries = '1,1,1'] = line.split(' ')
    const entry = entries.split(',')[column] ?? ''
    if (name !== '' && entry !== '') symbols.set(name, factsOf(name, entry))
  }
  return symbols
}

const known = new Map<string, Symbols>()

/** The functions of a recorded kernel, by its release. */
export const guestSymbols = (release: string): Symbols => {
  const kernel = ruleSetFor(release).rules.name
  const symbols = known.get(kernel) ?? read(kernel)
  known.set(kernel, symbols)
  return symbols
}
