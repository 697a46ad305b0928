import { type ChangeView, changeView } from '../change-view.ts'
import { printFindings } from '../findings.ts'
import { firstArgument, type Run } from '../input.ts'
import type { Shell } from '../shell.ts'
import { when } from '../terminal/format.ts'
import { printFacts, printJson, printTable, printTitle } from '../terminal/print.ts'
import { waveLines } from '../wave-view.ts'

const printChange = (shell: Shell, change: ChangeView): void => {
  shell.out(`${waveLines(change, shell).join('\n')}\n\n`)
  printFacts(shell, [
    ['livepatch', change.livepatch],
    ['reason', change.reason],
    ['proposed', `${change.proposer}, ${when(change.proposedAt)}`],
    ['verdict', change.outcome],
    ['digest', change.digest],
    ['version', String(change.version)],
    ['decide before', when(change.decideBefore)],
    [
      'approvals',
      change.approvals
        .map(
          ({ by, groups, at, comment, signOff }) =>
            `${by} (${groups.join(', ')}), ${when(at)}${signOff.length === 0 ? '' : `, signed off ${signOff.join(', ')}`}${comment === '' ? '' : `: ${comment}`}`,
        )
        .join('\n'),
    ],
    ['void', change.voidApprovals.join('\n')],
  ])
  if (change.findings.length > 0) printFindings(shell, change.findings)
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
  else printChange(input.shell, changeView(body))
  return undefined
}
