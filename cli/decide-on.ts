import { changeView } from './change-view.ts'
import { Failure } from './failure.ts'
import { given, type Input } from './input.ts'
import { sayOn } from './say-on.ts'
import type { Ended } from './shell.ts'
import { shortDigest } from './terminal/format.ts'
import { terminalText } from './terminal/terminal-text.ts'

type Decision =
  | { readonly decision: 'approve'; readonly comment?: string; readonly signOff?: readonly string[] }
  | { readonly decision: 'reject' | 'request-changes'; readonly reason: string }

const DOING = { approve: 'approving', reject: 'rejecting', 'request-changes': 'asking for changes of' } as const

/**
 * Approves, rejects or asks for changes. The decision binds to a digest: the one given with --digest (reviewed elsewhere, earlier), or the one
 * that the change has now, which is told. Either way the server refuses it should the change have moved meanwhile.
 */
export const decideOn = async (input: Input, id: string, decision: Decision): Promise<Ended> => {
  const { shell } = input
  const api = input.api()
  const change = changeView((await api.call('show-change', { path: { change: id } })).body)
  const digest = given(input, 'digest') ?? change.digest
  if (digest === '') throw new Failure('refused', `there is nothing to decide on yet: the change is ${change.status}`)
  shell.err(
    `${DOING[decision.decision]} ${terminalText(`${change.fleet} → ${shortDigest(change.livepatch)}`)}, verdict ${terminalText(change.outcome)}, digest ${terminalText(shortDigest(digest))}\n`,
  )
  return sayOn(input, id, { ...decision, digest })
}
