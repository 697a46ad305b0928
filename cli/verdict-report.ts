import { findingOf } from './change-view.ts'
import { printFindings } from './findings.ts'
import type { Ended, Shell } from './shell.ts'
import { shortDigest } from './terminal/format.ts'
import { printFacts, printTable, printTitle } from './terminal/print.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

const stackText = (stack: JsonObject): string =>
  objectsOf(stack['livepatches'])
    .map(entry => textOf(entry['name']))
    .join(' + ') || 'none'

/** A verdict (shared/verdict's shape, from the server or from here) as people read it. */
export const printVerdict = (shell: Shell, verdict: JsonObject): void => {
  printFacts(shell, [
    ['livepatch', textOf(verdict['livepatch'])],
    ['outcome', textOf(verdict['outcome'])],
  ])
  const cohorts = objectsOf(verdict['cohorts'])
  if (cohorts.length > 0) {
    printTitle(shell, 'Cohorts')
    printTable(
      shell,
      ['cohort', 'hosts', 'kernel', 'runs', 'load', 'runs then', 'reverted', 'fixes lost', 'way back'],
      cohorts.map(cohort => [
        shortDigest(textOf(cohort['cohort'])),
        textOf(cohort['hosts']),
        textOf(objectOf(cohort['stack'])['kernelRelease']),
        stackText(objectOf(cohort['stack'])),
        textOf(cohort['result']) || 'unknown',
        textsOf(cohort['stackAfter']).join(' + ') || 'none',
        String(textsOf(objectOf(cohort['functions'])['reverted']).length),
        textsOf(objectOf(cohort['fixes'])['lost']).join(' '),
        textOf(cohort['wayBack']),
      ]),
    )
  }
  const findings = objectsOf(verdict['findings'])
  if (findings.length > 0) printFindings(shell, findings.map(findingOf))
}

const ENDS: Readonly<Record<string, Ended>> = { block: 'refused', review: 'toReview' }

/** The worst severity decides: a blocking verdict is a refusal for scripts, too, and what people have to review is not silent. */
export const verdictEnd = (verdict: JsonObject): Ended => ENDS[textOf(verdict['outcome'])]
