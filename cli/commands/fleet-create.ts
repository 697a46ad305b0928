import { firstArgument, given, type Run } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

export const run: Run = async input => {
  const id = firstArgument(input)
  const description = given(input, 'description') ?? ''
  const { body } = await input.api().call('create-fleet', { body: { id, description } })
  if (input.json) printJson(input.shell, body)
  else input.shell.out(`${terminalText(id)}\n`)
  return undefined
}
