import { describePolicies, type PoliciesInWords } from '../../shared/policy/index.ts'
import { given, type Run } from '../input.ts'
import { policiesOf } from '../policy-files.ts'
import type { Shell } from '../shell.ts'
import { printJson, printTitle } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

const printAll = (shell: Shell, sentences: readonly string[]): void => {
  for (const sentence of sentences) shell.out(`  ${terminalText(sentence)}\n`)
}

const printPolicies = (shell: Shell, fleet: string, { kinds, freezes, may, others }: PoliciesInWords): void => {
  shell.out(`What a release${fleet === '' ? '' : ` on ${terminalText(fleet)}`} needs\n`)
  for (const { kind, needs } of kinds) {
    printTitle(shell, kind === 'every change' ? 'Every change' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}, beside that`)
    printAll(shell, needs.length === 0 ? ['nothing more'] : needs)
  }
  if (freezes.length > 0) printTitle(shell, 'Freezes')
  printAll(shell, freezes)
  printTitle(shell, 'Who may do what')
  printAll(
    shell,
    may.map(({ reason }) => reason),
  )
  if (others.length === 0) return
  printTitle(shell, 'Other rules, where they apply')
  printAll(
    shell,
    others.map(({ reason }) => reason),
  )
}

export const run: Run = async input => {
  const {
    shell,
    args: [fleet = ''],
    json,
  } = input
  const described = describePolicies(policiesOf(shell, given(input, 'policies')), fleet)
  if (json) printJson(shell, described)
  else printPolicies(shell, fleet, described)
  return undefined
}
