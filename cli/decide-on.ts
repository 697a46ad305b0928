import { type ChangeView, changeView } from './change-view.ts'
import { Failure } from './failure.ts'
import { given, type Input } from './input.ts'
import { sayOn } from './say-on.ts'
import type { Ended, Shell } from './shell.ts'
import { shortDigest } from './terminal/format.ts'
import { terminalText } from './terminal/terminal-text.ts'

type Decision =
  | { readonly decision: 'approve'; readonly comment?: string; readonly signOff?: readonly string[] }
  | { readonly decision: 'confirm' }
  | { readonly decision: 'reject' | 'request-changes'; readonly reason: string }

/** What is decided on, for who looks at it here only; the decision then claims to have seen it. */
const showFindings = (shell: Shell, { reason, proposer, findings }: ChangeView): void => {
  shell.err(`${terminalText(proposer)} asks for it: ${terminalText(reason)}\n`)
  const told = new Set(
    findings.map(({ severity, code, message }) => `${terminalText(severity)} ${terminalText(code)}: ${terminalText(message)}\n`),
  )
  for (const line of told) shell.err(line)
}

const DOING = {
  approve: 'approving',
  reject: 'rejecting',
  'request-changes': 'asking for changes of',
  confirm: 'confirming the emergency of',
} as const

/**
 * Approves, rejects or asks for changes. The decision binds to a digest: the one given with --digest (reviewed elsewhere, earlier), or the one
 * that the change has now, which is told with its findings. Either way the server refuses it should the change have moved meanwhile.
 */
export const decideOn = async (input: Input, id: string, decision: Decision): Promise<Ended> => {
  const { shell } = input
  const api = input.api()
  const change = changeView((await api.call('show-change', { path: { change: id } })).body)
  const digest = given(input, 'digest') ?? change.digest
  if (digest === '')
    throw change.status === 'proposed'
      ? new Failure(
          'refused',
          'there is nothing to decide on yet: the verdict is being worked out',
          `supersede change watch ${id} shows when it is there`,
        )
      : new Failure('refused', `there is nothing to decide on: the change is ${change.status}`, `supersede change show ${id} tells why`)
  shell.err(
    `${DOING[decision.decision]} ${terminalText(`${change.fleet} → ${shortDigest(change.livepatch)}`)}, verdict ${terminalText(change.outcome)}, digest ${terminalText(shortDigest(digest))}\n`,
  )
  const seen = given(input, 'seen') ?? (digest === change.digest ? change.view : '')
  if (given(input, 'seen') === undefined) showFindings(shell, change)
  return sayOn(input, id, { ...decision, digest, ...(seen === '' ? {} : { seen }) })
}
