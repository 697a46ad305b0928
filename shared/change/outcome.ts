import type { Change, ChangeEvent } from './change.ts'
import { type CommandName, type StatusRefusal, TRANSITIONS } from './transitions.ts'

/** Refusals that need a look at more than the status. */
export type DetailRefusal =
  | 'exists'
  | 'reason-missing'
  | 'already-judged'
  | 'nothing-moved'
  | 'too-many-revisions'
  | 'own-change'
  | 'stale-digest'
  | 'stale-view'
  | 'already-approved'
  | 'already-requested'
  | 'nothing-to-withdraw'
  | 'no-emergency'
  | 'confirmed-already'
  | 'confirmed-too-late'
  | 'no-open-review'
  | 'own-emergency'
  | 'delegated-to-author'
  | 'delegated-to-oneself'
  | 'until-out-of-time'
  | 'already-delegated'
  | 'delegated-onward'
  | 'nothing-delegated'
  | 'comment-missing'
  | 'policy-changed'
  | 'no-leave'
  | 'never-released'
  | 'already-open'
  | 'out-of-order'
  | 'wave-not-open'
  | 'no-wave-left'
  | 'waves-left'
  | 'worse'

export type Refusal = StatusRefusal | DetailRefusal

export type Accepted = { readonly ok: true; readonly events: readonly ChangeEvent[] }
export type Refused = { readonly ok: false; readonly refused: Refusal; readonly detail: string }
export type Outcome = Accepted | Refused

/** One sentence a refusal: what is wrong, and what to do about it where something can be done. */
export const REFUSALS: Readonly<Record<Refusal, string>> = {
  ended: 'The change has ended; propose a new one.',
  'not-judged': 'The verdict of the change is not there yet; try again when it is in review.',
  'not-released': 'The change is not released yet; it needs its approvals first. Abort it to stop it now.',
  'already-released': 'The change is released already; pause or abort it to stop it.',
  'already-halted': 'The change is halted already; resume or abort it.',
  halted: 'The change is halted; resume it first, or abort it.',
  'not-halted': 'The change is not halted, so there is nothing to resume.',
  'not-rolling': 'No wave of the change was opened yet.',
  exists: 'A change with this id exists already.',
  'reason-missing': 'Say why: the reason must not be empty.',
  'already-judged': 'This very verdict, plan and policy are recorded already.',
  'nothing-moved': 'Judged again it is the same: stacks, policies and plan are what people see already, so their approvals stand.',
  'too-many-revisions': 'It was revised too often; abort it and propose it again.',
  'own-change': 'Nobody decides on what they proposed, planned or built; ask somebody else. You can revise or abort it.',
  'stale-digest':
    'The change is another one than you saw: livepatch, verdict, plan or policy moved. Look at it again and decide on its new digest.',
  'stale-view': 'What you looked at is not what is there now. Look at the change again and decide on that.',
  'already-approved': 'You approved this digest already.',
  'already-requested': 'Your request for changes stands already; withdraw it, or approve.',
  'nothing-to-withdraw': 'You have no approval of this change that counts and no open request, so there is nothing to withdraw.',
  'no-emergency': 'The proposal names no emergency, so there is nothing to confirm.',
  'confirmed-already': 'The emergency is confirmed already.',
  'confirmed-too-late': 'The time to confirm the emergency is over. The change goes its ordinary way, or is proposed again.',
  'no-open-review': 'No review of an emergency is open on the change.',
  'own-emergency': 'Who proposed or confirmed an emergency does not review it; ask somebody else.',
  'delegated-to-author':
    'Who proposed or planned the change, or built its livepatch, decides nothing on it, also not for you; name somebody else.',
  'delegated-to-oneself': 'You decide for yourself already; name somebody else.',
  'until-out-of-time': 'Let it end later than now, and no later than the time to decide does.',
  'already-delegated': 'You have delegated on this change; revoke that first.',
  'delegated-onward': 'Who holds a delegation passes nothing on, and who has given one takes none; name somebody else.',
  'nothing-delegated': 'You have not delegated on this change, so there is nothing to revoke.',
  'comment-missing': 'Say something: the comment must not be empty.',
  'policy-changed': 'The policies changed since the change was judged; it must be judged and approved again.',
  'no-leave': 'Only a policy decision that lets this change be released releases it.',
  'never-released': 'The change was halted before it was released; abort it and propose it again.',
  'already-open': 'The wave is open already.',
  'out-of-order': 'It is another wave that comes next.',
  'wave-not-open': 'The wave is not open.',
  'no-wave-left': 'Every wave of the plan has passed.',
  'waves-left': 'Not every wave of the plan has passed.',
  worse: 'The live stacks were judged again, and it is worse than what was approved; abort the change and propose it again.',
}

export const refuse = (refused: Refusal, detail: string = REFUSALS[refused]): Refused => ({ ok: false, refused, detail })
export const accept = (...events: readonly ChangeEvent[]): Accepted => ({ ok: true, events })

/** The transition table's answer: null lets the command look closer. Every command begins with it. */
export const refusedByStatus = (change: Change, command: CommandName): Refused | null => {
  const transition = TRANSITIONS[change.status][command]
  if (!('refused' in transition)) return null
  if (transition.refused === 'ended') return refuse('ended', `The change is ${change.status}; propose a new one.`)
  return refuse(transition.refused)
}
