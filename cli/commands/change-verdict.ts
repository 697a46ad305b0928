import { firstArgument, isSet, type Run } from '../input.ts'
import type { Ended, Shell } from '../shell.ts'
import { shortDigest } from '../terminal/format.ts'
import { printFacts, printJson, printTitle } from '../terminal/print.ts'
import { type JsonObject, objectOf, textOf, textsOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'
import { printVerdict } from '../verdict-report.ts'

const ENDS: Readonly<Record<string, Ended>> = { different: 'refused', impossible: 'nothingCertain' }

const printRecomputed = (shell: Shell, recomputed: JsonObject, digest: string): Ended => {
  const [outcome, rules] = [textOf(recomputed['outcome']), objectOf(recomputed['rules'])]
  printFacts(shell, [
    ['recomputed', `${outcome}\n${textOf(recomputed['detail'])}`],
    ['digest', digest],
    ['digest now', outcome === 'different' ? textOf(recomputed['digest']) : ''],
    ['rules then', shortDigest(textOf(rules['judged']))],
    ['rules now', shortDigest(textOf(rules['today']))],
  ])
  const differences = textsOf(recomputed['differences'])
  if (differences.length > 0) printTitle(shell, 'What differs')
  for (const difference of differences) shell.out(`${terminalText(difference)}\n`)
  return ENDS[outcome]
}

export const run: Run = async input => {
  const recompute = isSet(input, 'recompute')
  const { body } = await input.api().call('show-verdict', {
    path: { change: firstArgument(input) },
    query: { recompute: recompute ? 'true' : undefined, newest: isSet(input, 'newest') ? 'true' : undefined },
  })
  const answer = objectOf(body)
  const recomputed = objectOf(answer['recomputed'])
  if (input.json) printJson(input.shell, body)
  else if (!recompute) printVerdict(input.shell, objectOf(answer['verdict']))
  else return printRecomputed(input.shell, recomputed, textOf(answer['digest']))
  return ENDS[textOf(recomputed['outcome'])]
}
