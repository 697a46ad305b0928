import { describePolicies, type PoliciesInWords } from '../../shared/policy/index.ts'
import { given, type Run } from '../input.ts'
import { policiesOf } from '../policy-files.ts'
import type { Shell } from '../shell.ts'
import { printJson, printTitle } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

const printAll = (shell: Shell, title: string, sentences: readonly string[]): void => {
  if (sentences.length === 0) return
  printTitle(shell, title)
  for (const sentence of sentences) shell.out(`  ${terminalText(sentence)}\n`)
}

const printSettings = (shell: Shell, { tier, windows, freezes, stricter, owners, approvals }: PoliciesInWords['settings']): void => {
  printAll(shell, 'Tier', [tier])
  printAll(shell, 'Waves open only in these maintenance windows', windows)
  printAll(shell, 'Freezes', freezes)
  printAll(shell, 'Findings that block here', stricter)
  printAll(shell, 'Owners of livepatches that were not submitted here', owners)
  printAll(shell, 'How long approvals count', [approvals])
}

const reasonsOf = (policies: readonly { readonly reason: string }[]): readonly string[] => policies.map(({ reason }) => reason)

const printPolicies = (shell: Shell, fleet: string, { kinds, settings, own, may, others }: PoliciesInWords): void => {
  shell.out(`What a release${fleet === '' ? '' : ` on ${terminalText(fleet)}`} needs\n`)
  for (const { kind, needs } of kinds) {
    const title = kind === 'every change' ? 'Every change' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}, beside that`
    printAll(shell, title, needs.length === 0 ? ['nothing more'] : needs)
  }
  printSettings(shell, settings)
  printAll(shell, 'The fleet’s own rules', reasonsOf(own))
  printAll(shell, 'Who may do what', reasonsOf(may))
  printAll(shell, 'Other rules, where they apply', reasonsOf(others))
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
