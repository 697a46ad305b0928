import { basename } from 'node:path'
import {
  type Comparison,
  comparableOf,
  compareLivepatches,
  functionName,
  type InspectedModule,
  readModule,
} from '../../shared/livepatch/index.ts'
import { Failure } from '../failure.ts'
import { readBytes } from '../files.ts'
import type { Run } from '../input.ts'
import { refusalText } from '../refusal-text.ts'
import type { Shell } from '../shell.ts'
import { printFacts, printJson } from '../terminal/print.ts'

const inspected = async (shell: Shell, file: string): Promise<InspectedModule> => {
  const read = await readModule(readBytes(shell, file), { file: basename(file) })
  if (!read.ok) throw new Failure('refusedFile', `${file}: refused ${refusalText(read.error)}`)
  return read.module
}

/** Why a file cannot be compared: nothing is known of its functions. */
const unknownIn = (file: string, { patch }: InspectedModule): string =>
  patch.objects === null ? `${basename(file)}: ${patch.status}${patch.note === undefined ? '' : `: ${patch.note}`}` : ''

const lines = <T>(items: readonly T[] | undefined, text: (item: T) => string): string => (items ?? []).map(text).join('\n')

/** What goes back to the kernel's own code comes first: it is what nobody should overlook. */
const printComparison = (shell: Shell, { functions, callbacks, states, fixes }: Comparison, unknown: readonly string[]): void => {
  printFacts(shell, [
    ['not readable', unknown.join('\n')],
    ['reverted', functions === null ? 'not known' : lines(functions.reverted, functionName)],
    ['repatched', lines(functions?.repatched, one => `${functionName(one)}${one.comparable ? '' : ' (code not comparable)'}`)],
    ['added', lines(functions?.added, functionName)],
    ['kept', lines(functions?.kept, functionName)],
    [
      'callbacks lost',
      callbacks === null ? 'not known' : lines(callbacks.lost, ({ object, callback }) => `${object ?? 'vmlinux'}:${callback}`),
    ],
    ['callbacks gained', lines(callbacks?.gained, ({ object, callback }) => `${object ?? 'vmlinux'}:${callback}`)],
    ['states lost', states === null ? 'not known' : lines(states.lost, ({ id, version }) => `${id} version ${version}`)],
    ['states gained', lines(states?.gained, ({ id, version }) => `${id} version ${version}`)],
    ['states changed', lines(states?.changed, ({ id, from, to }) => `${id} version ${from} → ${to}`)],
    ['fixes lost', fixes.lost.join(', ')],
    ['fixes gained', fixes.gained.join(', ')],
  ])
}

export const run: Run = async ({ shell, args: [from = '', to = ''], json }) => {
  const [before, after] = [await inspected(shell, from), await inspected(shell, to)]
  const comparison = compareLivepatches(comparableOf(before), comparableOf(after))
  const unknown = [unknownIn(from, before), unknownIn(to, after)].filter(text => text !== '')
  if (json) printJson(shell, comparison)
  else printComparison(shell, comparison, unknown)
  return comparison.functions === null ? 'nothingCertain' : undefined
}
