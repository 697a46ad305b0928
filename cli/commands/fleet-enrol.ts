import { firstArgument, numberGiven, type Run } from '../input.ts'
import { when } from '../terminal/format.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf, textOf, textsOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

export const run: Run = async input => {
  const { shell } = input
  const count = numberGiven(input, 'count', [1, 100]) ?? 1
  const { body } = await input.api().call('issue-enrolments', { path: { fleet: firstArgument(input) }, body: { count } })
  if (input.json) printJson(shell, body)
  else {
    for (const token of textsOf(objectOf(body)['tokens'])) shell.out(`${terminalText(token)}\n`)
    shell.err(`each enrols one host, until ${terminalText(when(textOf(objectOf(body)['expiresAt'])))}; they are not shown again\n`)
  }
  return undefined
}
