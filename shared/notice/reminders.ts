import { type Change, confirmBefore } from '../change/index.ts'
import { decideBefore, type PolicyEdit } from '../edition/index.ts'
import type { NoticeKind } from './kinds.ts'
import { NAME_MAX, type Notice } from './notice.ts'
import { noticeAbout, type Surroundings } from './notices-of.ts'
import { noticeAboutEdit } from './notices-of-record.ts'
import { plainText } from './plain-text.ts'

/** Something that people are to decide on; times in epoch milliseconds. */
type Awaited = { readonly mark: string; readonly since: number; readonly until: number }

export type DueStage = {
  /** The last stage tells others, too. */
  readonly isLast: boolean
  /** When it was due, ISO 8601. */
  readonly at: string
  /** What is to be decided, its digest, and the stage: each is told once. */
  readonly mark: string
  /** What nobody has done, where that is not to decide. */
  readonly says?: string
}

/**
 * The newest of the stages (shares of the time to decide) that is due; null where it is too early or too late. Where several passed unseen,
 * only the newest is told: two reminders at once say no more than one.
 */
const stageOf = ({ mark, since, until }: Awaited, atShares: readonly number[], now: number): DueStage | null => {
  if (now >= until) return null
  const shares = atShares.toSorted((a, b) => a - b)
  const due = shares.findLast(share => now >= since + (until - since) * share)
  if (due === undefined) return null
  return { isLast: due === shares.at(-1), at: new Date(since + (until - since) * due).toISOString(), mark: `${mark}/${due}` }
}

/** Of a change that waits for approvals, at `now` (epoch milliseconds). */
export const dueStage = (change: Change, atShares: readonly number[], now: number): DueStage | null => {
  if (change.status !== 'in-review') return null
  const since = Date.parse(change.review.judgedAt)
  const until = since + change.plan.approvalSecondsMax * 1_000
  return stageOf({ mark: `${change.id}/${change.review.digest}`, since, until }, atShares, now)
}

/** Of an emergency that waits for its second person: it has a deadline of its own (`confirmSecondsMax` after the proposal), and after it counts for nothing. */
export const dueStageOfEmergency = (
  change: Change,
  { atShares, confirmSecondsMax }: { readonly atShares: readonly number[]; readonly confirmSecondsMax: number },
  now: number,
): DueStage | null => {
  if (change.status !== 'in-review' || change.breakGlass === null || change.review.confirmation !== null) return null
  const mark = `${change.id}/${change.review.digest}/confirm`
  const awaited = { mark, since: Date.parse(change.proposedAt), until: confirmBefore(change, confirmSecondsMax) }
  const due = stageOf(awaited, atShares, now)
  return due && { ...due, says: `Nobody has confirmed the emergency ${plainText(change.breakGlass.incident, NAME_MAX)}.` }
}

/** Of an edit of the policies. */
export const dueStageOfEdit = (edit: PolicyEdit, atShares: readonly number[], now: number): DueStage | null => {
  if (edit.status !== 'in-review') return null
  const until = decideBefore(edit)
  return stageOf({ mark: `policy-edit/${edit.id}/${edit.digest}`, since: Date.parse(edit.proposedAt), until }, atShares, now)
}

export const reminderOf = (surroundings: Surroundings, { isLast, at, mark, says = '' }: DueStage): Notice => {
  const kind: NoticeKind = isLast ? 'escalation' : 'reminder'
  return noticeAbout(surroundings, { kind, at, about: mark, by: null, says })
}

export const reminderOfEdit = (surroundings: Parameters<typeof noticeAboutEdit>[0], { isLast, at, mark }: DueStage): Notice => {
  const kind: NoticeKind = isLast ? 'policy-edit-escalation' : 'policy-edit-reminder'
  return noticeAboutEdit(surroundings, { kind, at, about: mark })
}
