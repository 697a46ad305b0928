import type { Shell } from './shell.ts'
import { printTitle } from './terminal/print.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'
import { terminalText } from './terminal/terminal-text.ts'

const printAll = (shell: Shell, title: string, sentences: readonly string[]): void => {
  if (sentences.length === 0) return
  printTitle(shell, title)
  for (const sentence of sentences) shell.out(`  ${terminalText(sentence)}\n`)
}

const printSettings = (shell: Shell, settings: JsonObject): void => {
  printAll(shell, 'Tier', [textOf(settings['tier'])])
  printAll(shell, 'Waves open only in these maintenance windows', textsOf(settings['windows']))
  printAll(shell, 'Freezes', textsOf(settings['freezes']))
  printAll(shell, 'Findings that block here', textsOf(settings['stricter']))
  printAll(shell, 'Owners of livepatches that were not submitted here', textsOf(settings['owners']))
  printAll(shell, 'How long approvals count', [textOf(settings['approvals'])])
}

const reasonsOf = (policies: unknown): readonly string[] => objectsOf(policies).map(({ reason }) => textOf(reason))

/** Policies in plain words (shared/policy's describePolicies): worked out here, or as a server says them. */
export const printPolicies = (shell: Shell, fleet: string, said: unknown): void => {
  const { kinds, settings, own, may, others } = objectOf(said)
  shell.out(`What a release${fleet === '' ? '' : ` on ${terminalText(fleet)}`} needs\n`)
  for (const { kind, needs } of objectsOf(kinds)) {
    const name = textOf(kind)
    const beside = name === 'every change' || name.startsWith('an edit') ? '' : ', beside that'
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}${beside}`
    printAll(shell, title, textsOf(needs).length === 0 ? ['nothing more'] : textsOf(needs))
  }
  printSettings(shell, objectOf(settings))
  printAll(shell, 'The fleet’s own rules', reasonsOf(own))
  printAll(shell, 'Who may do what', reasonsOf(may))
  printAll(shell, 'Other rules, where they apply', reasonsOf(others))
}
