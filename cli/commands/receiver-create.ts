import { readFileSync } from 'node:fs'
import { allGiven, firstArgument, given, type Input, needed, type Run } from '../input.ts'
import { answerSecret } from '../receiver-view.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/** An address can be a secret, which has no place in a command line that others see. */
const addressOf = (input: Input): string | undefined => {
  const to = given(input, 'to')
  return to === '-' ? readFileSync(0, 'utf8').trim() : to
}

export const run: Run = async input => {
  const name = firstArgument(input)
  const [url, group, fleets, kinds] = [addressOf(input), given(input, 'group'), allGiven(input, 'fleet'), allGiven(input, 'only')]
  const body = {
    ...{ name, kind: needed(input, 'kind'), fleets },
    ...(url === undefined ? {} : { url }),
    ...(group === undefined ? {} : { group }),
    ...(kinds.length === 0 ? {} : { kinds }),
  }
  const answered = await input.api().call('create-receiver', { body })
  if (!input.json) input.shell.err(`${terminalText(name)} is ${terminalText(textOf(objectOf(answered.body)['id']))}\n`)
  return answerSecret(input, answered.body)
}
