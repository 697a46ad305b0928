import { type Change, type CommandName, type Refusal, type Refused, TRANSITIONS, viewDigest } from '../../shared/change/index.ts'
import { type Problem, problem } from '../http/problem.ts'

/** What people may ask of a change, by the decider's commands. */
const ASKABLE = [
  'approve',
  'reject',
  'requestChanges',
  'withdraw',
  'confirm',
  'delegate',
  'revokeDelegation',
  'revise',
  'comment',
  'pause',
  'resume',
  'abort',
] as const satisfies readonly CommandName[]

/** As people write it in a request: `request-changes`. */
const spelled = (command: string): string => command.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

export const allowedNow = (change: Change): readonly string[] =>
  ASKABLE.filter(command => !('refused' in TRANSITIONS[change.status][command])).map(spelled)

/** What can be put right by asking otherwise. */
const INVALID: readonly Refusal[] = [
  'reason-missing',
  'comment-missing',
  'until-out-of-time',
  'delegated-to-author',
  'delegated-to-oneself',
]

/** The decider's refusals of people's commands, as problems. */
export const refusedProblem = (change: Change, { refused, detail }: Refused): Problem => {
  if (refused === 'stale-digest') return problem('outdated-digest', detail, { digest: change.review?.digest ?? null })
  if (refused === 'stale-view') return problem('outdated-view', detail, { view: viewDigest(change) })
  if (refused === 'own-change' || refused === 'own-emergency') return problem('four-eyes', detail)
  if (INVALID.includes(refused)) return problem('invalid-input', detail)
  return problem('not-allowed-now', detail, { state: change.status, allowed: allowedNow(change), reason: refused })
}
