import type { SymbolFacts, Symbols } from '../../shared/kernel/index.ts'

const FUNCTIONS = [
  'cmdline_proc_show',
  'version_proc_show',
  'loadavg_proc_show',
  'uptime_proc_show',
  'meminfo_proc_show',
  'filesystems_proc_show',
  'show_softirqs',
  'show_stat',
]

const SYMBOLS: Symbols = new Map<string, SymbolFacts>([
  ...FUNCTIONS.map(name => [name, { occurrences: 1 }] as const),
  ['fifo_open', { occurrences: 1, sleeps: 'interruptible' }],
  ['__schedule', { occurrences: 1, traceable: false }],
])

/** Functions of the kernels that recordings were made on, as far as scenarios use them. */
export const guestSymbols = (_kernel: string): Symbols => SYMBOLS
