import { describe, expect, test } from '@jest/globals'
import { apply, boot, symbolsFrom } from '../../shared/kernel/index.ts'
import { func, livepatch, load, object } from './world.ts'

const KALLSYMS = `ffffffff81000000 T _stext
ffffffff81001000 t show
ffffffff81002000 t show
ffffffff81003000 T meminfo_proc_show
ffffffff81004000 t __schedule
ffffffffc0001000 t only_in_a_module\t[m]
`
const FILTER = 'show\nmeminfo_proc_show\nonly_in_a_module [m]\n'

describe('symbols of vmlinux out of /proc/kallsyms', () => {
  const machine = boot({ release: '6.1.0', symbols: symbolsFrom(KALLSYMS, FILTER) })

  test.each([
    ['meminfo_proc_show', '0', 'OK', undefined],
    ['show', '0', 'EINVAL', "livepatch: unresolvable ambiguity for symbol 'show' in object '(null)'"],
    ['show', '2', 'OK', undefined],
    ['show', '3', 'EINVAL', "livepatch: symbol position 3 for symbol 'show' in object 'vmlinux' not found"],
    ['only_in_a_module', '0', 'EINVAL', "livepatch: symbol 'only_in_a_module' not found in symbol table"],
    ['__schedule', '0', 'EINVAL', "livepatch: failed to find location for function '__schedule'"],
  ])('%s at position %s: %s', (name, sympos, result, line) => {
    const outcome = apply(machine, load(livepatch('p', [object(null, [func(name, { sympos })])])))
    expect(outcome.result).toBe(result)
    if (line !== undefined) expect(outcome.log).toContain(line)
  })

  test('without the list of functions that ftrace can hook, all are taken to be so', () => {
    expect(symbolsFrom(KALLSYMS).get('__schedule')).toEqual({ occurrences: 1, traceable: true })
  })
})
