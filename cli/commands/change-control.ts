import { changeView } from '../change-view.ts'
import { firstArgument, given, type Input, numberGiven, type Run } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

type Control = 'pause' | 'resume' | 'abort'

/**
 * The version that the command is meant for: the one that was given; for a resume, the one that is there now. Who stops a
 * change without naming a version means whatever it has become: a stop must not lose against a wave that opens meanwhile.
 */
const versionFor = async (input: Input, command: Control, path: { readonly change: string }): Promise<string> => {
  const seen = numberGiven(input, 'version', [1, Number.MAX_SAFE_INTEGER])
  if (seen !== undefined) return `"${seen}"`
  return command === 'resume' ? ((await input.api().call('show-change', { path })).etag ?? '*') : '*'
}

export const control =
  (command: Control): Run =>
  async input => {
    const path = { change: firstArgument(input) }
    const ifMatch = await versionFor(input, command, path)
    const reason = given(input, 'reason')
    const body = { command, ...(reason === undefined ? {} : { reason }) }
    const answered = await input.api().call('control-change', { path, body, ifMatch })
    if (input.json) printJson(input.shell, answered.body)
    else input.shell.out(`${terminalText(path.change)} is ${terminalText(changeView(answered.body).status)}\n`)
    return undefined
  }
