import { changeView } from '../change-view.ts'
import { Failure } from '../failure.ts'
import { firstArgument, given, needed, type Run } from '../input.ts'
import { planGiven } from '../plan-given.ts'
import { shortDigest } from '../terminal/format.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

export const run: Run = async input => {
  const { shell } = input
  const path = { change: firstArgument(input) }
  const plan = planGiven(input)
  const reason = needed(input, 'reason')
  const api = input.api()
  const change = changeView((await api.call('show-change', { path })).body)
  const digest = given(input, 'digest') ?? change.digest
  if (digest === '') throw new Failure('refused', `there is nothing to revise yet: the change is ${change.status}`)
  const { body } = await api.call('revise-change', { path, body: { digest, reason, ...(plan === undefined ? {} : { plan }) } })
  if (input.json) {
    printJson(shell, body)
    return undefined
  }
  const after = changeView(body)
  shell.out(`${terminalText(after.id)} is ${terminalText(after.status)}, digest ${terminalText(shortDigest(after.digest))}\n`)
  for (const why of after.voidApprovals) shell.out(`${terminalText(why)}\n`)
  if (after.status === 'in-review') shell.err(`supersede change show ${terminalText(after.id)} tells what it needs\n`)
  return undefined
}
