import { findReceiver } from '../find-receiver.ts'
import { firstArgument, given, type Run, secondsGiven } from '../input.ts'
import { answerSecret, stateOf } from '../receiver-view.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

type Control = 'rotate' | 'enable' | 'disable' | 'remove'

export const control =
  (command: Control): Run =>
  async input => {
    const found = await findReceiver(input.api(), firstArgument(input))
    const [reason, overlapSeconds] = [given(input, 'reason'), secondsGiven(input, 'overlap')]
    const body = { command, ...(reason === undefined ? {} : { reason }), ...(overlapSeconds === undefined ? {} : { overlapSeconds }) }
    const answered = await input.api().call('control-receiver', { path: { receiver: textOf(found['id']) }, body })
    if (command === 'rotate') return answerSecret(input, answered.body)
    const name = terminalText(textOf(found['name']))
    if (input.json) printJson(input.shell, answered.body)
    else input.shell.out(command === 'remove' ? `${name} is removed\n` : `${name} is ${terminalText(stateOf(objectOf(answered.body)))}\n`)
    return undefined
  }
