import { FINDING_CODES } from '../shared/verdict/index.ts'
import type { FindingView } from './change-view.ts'
import type { Shell } from './shell.ts'
import { printTitle } from './terminal/print.ts'
import { paintStatus } from './terminal/style.ts'
import { terminalText } from './terminal/terminal-text.ts'

/** Each has a page; what a newer server finds has none here. */
const KNOWN: ReadonlySet<string> = new Set(FINDING_CODES)

/** Findings, the worst first, the same one once though several cohorts have it; `where` says whom it is about, if not every host. */
export const printFindings = (shell: Shell, findings: readonly (FindingView & { readonly where?: string })[]): void => {
  const order = ['block', 'review', 'note']
  const distinct = [...new Map(findings.map(finding => [JSON.stringify([finding.code, finding.message]), finding])).values()]
  const sorted = distinct.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  printTitle(shell, 'Findings')
  for (const { severity, code, message, remedy, raisedBecause, where = '' } of sorted) {
    const about = where === '' ? '' : ` (${terminalText(where)})`
    shell.out(`${paintStatus(shell, terminalText(severity))} ${terminalText(code)}${about}: ${terminalText(message)}\n`)
    if (raisedBecause !== '') shell.out(`  blocks here because: ${terminalText(raisedBecause)}\n`)
    if (remedy !== '') shell.out(`  remedy: ${terminalText(remedy)}\n`)
  }
  const codes = [...new Set(sorted.map(({ code }) => code))].filter(code => KNOWN.has(code))
  if (codes.length > 0) shell.out(`What each means, why, and how to fix it:\n${codes.map(code => `  docs/findings/${code}.md\n`).join('')}`)
}
