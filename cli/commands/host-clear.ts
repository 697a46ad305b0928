import { Failure } from '../failure.ts'
import { firstArgument, given, needed, type Run, secondsGiven } from '../input.ts'
import { when } from '../terminal/format.ts'
import { printJson } from '../terminal/print.ts'
import { numberOf, objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'
import { printTransition } from '../transition-view.ts'

/** What one clears is what one has seen: without --evidence it is only shown. */
export const run: Run = async input => {
  const { shell } = input
  const host = firstArgument(input)
  const { body: seen } = await input.api().call('show-host', { path: { host } })
  const { evidence, transition, state } = objectOf(seen)
  const digest = textOf(evidence)
  if (digest === '') throw new Failure('failure', `host ${host} is ${textOf(state)}; only a transition that has stalled is cleared`)
  const named = given(input, 'evidence')
  if (named === undefined) {
    if (input.json) printJson(shell, seen)
    else printTransition(shell, transition)
    throw new Failure('usage', `look at what it waits for; then clear just that: --evidence ${digest.slice(0, 12)} --reason "…"`)
  }
  if (named.length < 8 || !digest.startsWith(named))
    throw new Failure('failure', `host ${host} waits for others than you saw; look again: supersede host show ${host}`)
  const minutes = Math.ceil((secondsGiven(input, 'for') ?? 1_800) / 60)
  const { body } = await input.api().call('clear-transition', {
    path: { host },
    body: { evidence: digest, reason: needed(input, 'reason'), minutes },
  })
  if (input.json) {
    printJson(shell, body)
    return undefined
  }
  const clearance = objectOf(objectOf(body)['clearance'])
  const until = when(new Date(numberOf(clearance['expiresAt'])).toISOString())
  shell.out(
    `Cleared: ${terminalText(host)} may force the transition of ${terminalText(textOf(clearance['livepatch']))} once, until ${until}.\n`,
  )
  shell.out('After that its modules are pinned, and it takes part in no change until it reboots.\n')
  return undefined
}
