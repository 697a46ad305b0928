import { changeView } from '../change-view.ts'
import { findLivepatch } from '../find-livepatch.ts'
import { isSet, needed, type Run } from '../input.ts'
import { planGiven } from '../plan-given.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'
import { watchChange } from '../watch-change.ts'

export const run: Run = async input => {
  const { shell } = input
  const plan = planGiven(input)
  const api = input.api()
  const livepatch = await findLivepatch(api, needed(input, 'livepatch'))
  const proposal = { fleet: needed(input, 'fleet'), livepatch, reason: needed(input, 'reason'), ...(plan === undefined ? {} : { plan }) }
  const { body } = await api.call('propose-change', { body: proposal })
  const { id } = changeView(body)
  if (isSet(input, 'watch')) {
    shell.err(`proposed ${terminalText(id)}\n`)
    return watchChange(input, id)
  }
  if (input.json) printJson(shell, body)
  else {
    shell.out(`${terminalText(id)}\n`)
    shell.err(`proposed; supersede change watch ${terminalText(id)} shows how it goes\n`)
  }
  return undefined
}
