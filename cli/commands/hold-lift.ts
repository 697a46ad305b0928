import { holdTarget } from '../hold-view.ts'
import { firstArgument, needed, type Run } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

export const run: Run = async input => {
  const { shell } = input
  const hold = firstArgument(input)
  const { body } = await input.api().call('lift-hold', { path: { hold }, body: { reason: needed(input, 'reason') } })
  if (input.json) {
    printJson(shell, body)
    return undefined
  }
  const lifted = objectOf(body)
  shell.out(`The hold of ${terminalText(holdTarget(lifted))} (${terminalText(textOf(lifted['id']))}) is lifted.\n`)
  shell.err('Changes that it halted wait to be resumed: supersede change list --status halted\n')
  return undefined
}
