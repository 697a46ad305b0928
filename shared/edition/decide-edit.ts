import type { Person } from '../change/index.ts'
import { type Base, EDIT_DAYS_MAX, type EditApproval, type PolicyEdit } from './edit.ts'
import { countingEditApprovals } from './enact-edit.ts'
import { decideBefore } from './evolve-edit.ts'
import { accept, type EditOutcome, refuse, refusedWhenEnded } from './outcome.ts'

type Said = { readonly by: Person; readonly digest: string }

const refusedWord = (edit: PolicyEdit, { by, digest }: Said): EditOutcome | null => {
  const ended = refusedWhenEnded(edit)
  if (ended) return ended
  if (edit.proposer.id === by.id) return refuse('own-edit')
  return edit.digest === digest ? null : refuse('stale-digest')
}

const ownApproval = (edit: PolicyEdit, person: string): EditApproval | undefined =>
  countingEditApprovals(edit).find(({ by }) => by.id === person)

export const approveEdit = (edit: PolicyEdit, said: Said & { readonly comment: string }): EditOutcome =>
  refusedWord(edit, said) ?? (ownApproval(edit, said.by.id) ? refuse('already-approved') : accept({ type: 'approved', ...said }))

/** One no ends it. */
export const rejectEdit = (edit: PolicyEdit, said: Said & { readonly reason: string }): EditOutcome =>
  refusedWord(edit, said) ?? (said.reason.trim() === '' ? refuse('reason-missing') : accept({ type: 'rejected', ...said }))

/** The proposer takes the edit back, anybody else an approval of their own. */
export const withdrawEdit = (edit: PolicyEdit, { by, reason }: { readonly by: Person; readonly reason: string }): EditOutcome => {
  const ended = refusedWhenEnded(edit)
  if (ended) return ended
  if (edit.proposer.id === by.id) return accept({ type: 'withdrawn', by, reason })
  return ownApproval(edit, by.id) ? accept({ type: 'approval-withdrawn', by, reason }) : refuse('nothing-to-withdraw')
}

/** To the record only; also after the end. */
export const commentOnEdit = (_: PolicyEdit, { id, by, text }: { readonly id: string; readonly by: Person; readonly text: string }) =>
  text.trim() === '' ? refuse('comment-missing') : accept({ type: 'commented', id, by, text })

/** What time and other edits did to an edit in review: its end, or nothing. `now` in epoch milliseconds. */
export const lapsed = (edit: PolicyEdit, base: Base, now: number): EditOutcome | null => {
  if (edit.status !== 'in-review') return null
  if (edit.base.edition !== base.edition || edit.base.version !== base.version) return accept({ type: 'outdated', now: base })
  if (now < decideBefore(edit)) return null
  return accept({ type: 'expired', detail: `Not enough people decided on it within ${EDIT_DAYS_MAX} days.` })
}
