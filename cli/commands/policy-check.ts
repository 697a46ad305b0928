import { doubtsAbout } from '../../shared/policy/index.ts'
import type { Run } from '../input.ts'
import { policiesOf } from '../policy-files.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/** A policy that can never apply is no help to whoever wrote it, so it is refused like one that does not parse; one that adds nothing is told. */
export const run: Run = async ({ shell, args: [directory], json }) => {
  const policySet = policiesOf(shell, directory)
  const { version, policies } = policySet
  const { unreachable, idle } = doubtsAbout(policySet)
  if (json)
    printJson(shell, {
      version,
      policies: policies.map(({ id, file, effect, reason }) => ({ id, file, effect, reason })),
      unreachable,
      idle,
    })
  else {
    const rules = policies.length === 1 ? '1 rule is' : `${policies.length} rules are`
    if (unreachable.length === 0) shell.out(`${rules} sound; version ${version}\n`)
    for (const fault of unreachable) shell.out(`never applies: ${terminalText(fault)}\n`)
    for (const fault of idle) shell.out(`adds nothing: ${terminalText(fault)}\n`)
  }
  return unreachable.length === 0 ? undefined : 'refusedFile'
}
