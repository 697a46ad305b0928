import { changeView } from '../change-view.ts'
import { firstArgument, given, numberGiven, type Run } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/** Pauses, resumes or aborts the change in the version that is seen now, or that was seen before (--version). */
export const control =
  (command: 'pause' | 'resume' | 'abort'): Run =>
  async input => {
    const api = input.api()
    const path = { change: firstArgument(input) }
    const seen = numberGiven(input, 'version', [1, Number.MAX_SAFE_INTEGER])
    const ifMatch = seen === undefined ? (await api.call('show-change', { path })).etag : `"${seen}"`
    const reason = given(input, 'reason')
    const body = { command, ...(reason === undefined ? {} : { reason }) }
    const answered = await api.call('control-change', { path, body, ...(ifMatch === null ? {} : { ifMatch }) })
    if (input.json) printJson(input.shell, answered.body)
    else input.shell.out(`${terminalText(path.change)} is ${terminalText(changeView(answered.body).status)}\n`)
    return undefined
  }
