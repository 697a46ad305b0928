import type { SymbolFacts, Symbols } from './image.ts'

/**
 * The symbols of vmlinux, out of the text of /proc/kallsyms or System.map (`address type name [module]`, one a line). Symbols of
 * modules are left out. With the text of /sys/kernel/tracing/available_filter_functions it is also known which ftrace can hook;
 * without, all are taken to be so.
 */
export const symbolsFrom = (kallsyms: string, filterFunctions?: string): Symbols => {
  const traceable = filterFunctions === undefined ? undefined : new Set(filterFunctions.split('\n').map(line => line.split(' ')[0]))
  const symbols = new Map<string, SymbolFacts>()
  for (const [, name = ''] of kallsyms.matchAll(/^[0-9a-f]+ \w (\S+)$/gm))
    symbols.set(name, {
      occurrences: (symbols.get(name)?.occurrences ?? 0) + 1,
      traceable: traceable?.has(name) ?? true,
    })
  return symbols
}
