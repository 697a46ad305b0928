import { changeView } from '../change-view.ts'
import { Failure } from '../failure.ts'
import { findLivepatch } from '../find-livepatch.ts'
import { allGiven, given, type Input, isSet, needed, type Run } from '../input.ts'
import { planGiven } from '../plan-given.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'
import { watchChange } from '../watch-change.ts'

const emergencyGiven = (input: Input): object => {
  const incident = given(input, 'emergency')
  const passes = allGiven(input, 'pass')
  const accepts = allGiven(input, 'accept')
  const named = [...passes, ...accepts]
  if (incident === undefined && named.length === 0) return {}
  if (incident === undefined) throw new Failure('usage', '--pass and --accept belong to an emergency; name it with --emergency')
  if (named.length === 0)
    throw new Failure(
      'usage',
      'an emergency names the policies that it passes, with --pass, or the leftovers that it accepts, with --accept',
    )
  const accepted = accepts.length === 0 ? {} : { accepts }
  return { breakGlass: { incident, reason: needed(input, 'emergencyReason'), passes, ...accepted } }
}

export const run: Run = async input => {
  const { shell } = input
  const plan = planGiven(input)
  const api = input.api()
  const livepatch = await findLivepatch(api, needed(input, 'livepatch'))
  const proposal = {
    fleet: needed(input, 'fleet'),
    livepatch,
    reason: needed(input, 'reason'),
    ...(plan === undefined ? {} : { plan }),
    ...emergencyGiven(input),
  }
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
