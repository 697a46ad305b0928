import { type Symbols, symbolsFrom } from '../shared/kernel/index.ts'
import { Failure } from './failure.ts'
import { readText } from './files.ts'
import { given, type Input } from './input.ts'

/** Functions of vmlinux out of the file of `--symbols`: /proc/kallsyms of a host, or System.map. Undefined: not given. */
export const symbolsGiven = async (input: Input): Promise<Symbols | undefined> => {
  const file = given(input, 'symbols')
  if (file === undefined) return undefined
  const symbols = symbolsFrom(readText(input.shell, file))
  if (symbols.size > 0) return symbols
  throw new Failure('failure', `${file}: there is no symbol in it`, 'it is the text of /proc/kallsyms or of System.map')
}
