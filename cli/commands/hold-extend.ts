import { Failure } from '../failure.ts'
import { holdEnd } from '../hold-end.ts'
import { holdTarget } from '../hold-view.ts'
import { firstArgument, needed, type Run } from '../input.ts'
import { when } from '../terminal/format.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

export const run: Run = async input => {
  const { shell } = input
  const end = holdEnd(input)
  if (Object.keys(end).length === 0) throw new Failure('usage', 'say how long: --hours or --until', 'hours count from now')
  const path = { hold: firstArgument(input) }
  const { body } = await input.api().call('extend-hold', { path, body: { reason: needed(input, 'reason'), ...end } })
  if (input.json) {
    printJson(shell, body)
    return undefined
  }
  const extended = objectOf(body)
  const until = when(textOf(extended['expiresAt']))
  shell.out(`The hold of ${terminalText(holdTarget(extended))} (${terminalText(path.hold)}) lasts until ${terminalText(until)}.\n`)
  return undefined
}
