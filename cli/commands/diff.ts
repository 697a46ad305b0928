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
import { isNothingCertain } from '../is-nothing-certain.ts'
import { refusalText } from '../refusal-text.ts'
import type { Shell } from '../shell.ts'
import { printFacts, printJson } from '../terminal/print.ts'

const inspected = async (shell: Shell, file: string): Promise<InspectedModule> => {
  const read = await readModule(readBytes(shell, file), { file: basename(file) })
  if (!read.ok) throw new Failure('refusedFile', `${file}: refused ${refusalText(read.error)}`)
  return read.module
}

type Uncertain = { readonly file: string; readonly status: string; readonly note?: string }

/** What there is to know of why a file is not, or not all, in the comparison. */
const uncertainIn = (file: string, module: InspectedModule): readonly Uncertain[] => {
  const { status, objects, incomplete, note } = module.patch
  if (objects !== null && !incomplete && !isNothingCertain(module)) return []
  const why = note ?? (objects === null ? null : 'there may be more than was read')
  return [{ file: basename(file), status, ...(why === null ? {} : { note: why }) }]
}

const uncertainText = ({ file, status, note }: Uncertain): string => `${file}: ${status}${note === undefined ? '' : `: ${note}`}`

const lines = <T>(items: readonly T[] | undefined, text: (item: T) => string): string => (items ?? []).map(text).join('\n')

/** What goes back to the kernel's own code comes first: it is what nobody should overlook. */
const printComparison = (shell: Shell, { functions, callbacks, states, fixes }: Comparison, uncertain: readonly Uncertain[]): void => {
  printFacts(shell, [
    [functions === null ? 'not readable' : 'not all readable', lines(uncertain, uncertainText)],
    ['reverted', functions === null ? 'not known' : lines(functions.reverted, functionName)],
    ['re-patched', lines(functions?.repatched, one => `${functionName(one)}${one.comparable ? '' : ' (code not comparable)'}`)],
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
  const uncertain = [...uncertainIn(from, before), ...uncertainIn(to, after)]
  if (json) printJson(shell, { ...comparison, uncertain })
  else printComparison(shell, comparison, uncertain)
  return comparison.functions === null || isNothingCertain(before) || isNothingCertain(after) ? 'nothingCertain' : undefined
}
