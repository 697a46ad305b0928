import { type ChangeView, changeView } from '../change-view.ts'
import { printFindings } from '../findings.ts'
import { firstArgument, type Input, type Run } from '../input.ts'
import type { Shell } from '../shell.ts'
import { plural, when } from '../terminal/format.ts'
import { printFacts, printJson, printTable, printTitle } from '../terminal/print.ts'
import { type JsonObject, objectOf, textOf } from '../terminal/read-json.ts'
import { printVerdictOverview } from '../verdict-report.ts'
import { waveLines } from '../wave-view.ts'

/** Whoever may still have to decide sees the cohorts, too. */
const ON_THE_TABLE = ['in-review', 'blocked', 'halted']

const verdictOf = async (input: Input, body: JsonObject): Promise<JsonObject | null> => {
  if (textOf(body['verdict']) === '' || !ON_THE_TABLE.includes(textOf(body['status']))) return null
  const answer = await input.api().call('show-verdict', { path: { change: firstArgument(input) } })
  return objectOf(objectOf(answer.body)['verdict'])
}

const printFound = (shell: Shell, change: ChangeView, verdict: JsonObject | null): void => {
  if (verdict === null) {
    if (change.findings.length > 0) printFindings(shell, change.findings)
    return
  }
  printVerdictOverview(shell, verdict)
  shell.out(`\nEach cohort whole, with functions, callbacks and the kernel's log lines: supersede change verdict ${change.id}\n`)
}

/** "one of security; 2 of kernel-maintainers (bob has approved)" */
const waitingFor = ({ reviewers }: ChangeView): string =>
  reviewers
    .filter(({ waiting }) => waiting)
    .map(
      ({ group, needed, approved }) =>
        `${needed === 1 ? 'one' : needed} of ${group}${approved.length === 0 ? '' : ` (${approved.join(', ')} approved)`}`,
    )
    .join('; ')

const printChange = (shell: Shell, change: ChangeView, verdict: JsonObject | null): void => {
  shell.out(`${waveLines(change, shell).join('\n')}\n\n`)
  printFacts(shell, [
    ['livepatch', change.livepatch],
    ['route', change.route],
    [
      'between',
      change.between === 0 ? '' : `${plural(change.between, 'host')} without what ran before (supersede fleet hosts ${change.fleet})`,
    ],
    ['reason', change.reason],
    ['proposed', `${change.proposer}, ${when(change.proposedAt)}`],
    ['built by', change.builder],
    ['verdict', change.outcome],
    ['judged again', change.rejudged],
    ['digest', change.digest],
    ['view', change.view],
    ['version', String(change.version)],
    ['decide before', when(change.decideBefore)],
    [
      'approvals',
      change.approvals
        .map(
          ({ by, groups, at, comment, signOff, onBehalf }) =>
            `${by} (${groups.join(', ')})${onBehalf.length === 0 ? '' : ` on behalf of ${onBehalf.join(' and ')}`}, ${when(at)}${signOff.length === 0 ? '' : `, signed off ${signOff.join(', ')}`}${comment === '' ? '' : `: ${comment}`}`,
        )
        .join('\n'),
    ],
    ['emergency', change.emergency],
    ['delegated', change.delegations.map(({ from, to, until }) => `${from} lets ${to} decide until ${when(until)}`).join('\n')],
    ['waiting for', waitingFor(change)],
    ['asks for changes', change.changesRequested.map(({ by, at, reason }) => `${by}, ${when(at)}: ${reason}`).join('\n')],
    ['void', change.voidApprovals.join('\n')],
  ])
  printFound(shell, change, verdict)
  if (change.timeline.length === 0) return
  printTitle(shell, 'What happened')
  printTable(
    shell,
    ['at', 'actor', 'event'],
    change.timeline.map(({ at, actor, text }) => [when(at), actor, text]),
  )
}

export const run: Run = async input => {
  const { body } = await input.api().call('show-change', { path: { change: firstArgument(input) } })
  if (input.json) printJson(input.shell, body)
  else printChange(input.shell, changeView(body), await verdictOf(input, objectOf(body)))
  return undefined
}
