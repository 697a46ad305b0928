import type { PolicyEdit, PolicyEditEvent } from './edit.ts'
import type { Fault } from './policy-files.ts'

export type EditRefusal =
  | 'exists'
  | 'reason-missing'
  | 'files-refused'
  | 'ended'
  | 'outdated'
  | 'own-edit'
  | 'stale-digest'
  | 'already-approved'
  | 'nothing-to-withdraw'
  | 'comment-missing'

/** One sentence a refusal: what is wrong, and what to do about it. */
export const EDIT_REFUSALS: Readonly<Record<EditRefusal, string>> = {
  exists: 'An edit with this id exists already.',
  'reason-missing': 'Say why: the reason must not be empty.',
  'files-refused': 'The policies would not be sound with these files; correct what is named, and propose again.',
  ended: 'The edit has ended; propose another one.',
  outdated: 'Other policies are in force than those that the edit starts from; look at what differs, and propose it again.',
  'own-edit': 'Nobody decides on what they proposed; ask somebody else. You can withdraw it.',
  'stale-digest': 'The edit is another one than you saw; look at it again and decide on its digest.',
  'already-approved': 'You approved this edit already.',
  'nothing-to-withdraw': 'You have no approval of this edit that counts, so there is nothing to withdraw.',
  'comment-missing': 'Say something: the comment must not be empty.',
}

export type EditRefused = {
  readonly ok: false
  readonly refused: EditRefusal
  readonly detail: string
  readonly faults: readonly Fault[]
}
export type EditOutcome = { readonly ok: true; readonly events: readonly PolicyEditEvent[] } | EditRefused

export const accept = (...events: readonly PolicyEditEvent[]): EditOutcome => ({ ok: true, events })
export const refuse = (refused: EditRefusal, faults: readonly Fault[] = []): EditRefused => ({
  ok: false,
  refused,
  detail: EDIT_REFUSALS[refused],
  faults,
})

/** Nothing leaves an ending. */
export const refusedWhenEnded = ({ status }: PolicyEdit): EditRefused | null => (status === 'in-review' ? null : refuse('ended'))
