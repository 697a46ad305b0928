import type { Change } from '../change/index.ts'
import type { NoticeKind } from './kinds.ts'
import type { Notice } from './notice.ts'
import { noticeAbout, type Surroundings } from './notices-of.ts'

type Stage = { readonly name: string; readonly share: number; readonly kind: NoticeKind }

/** When those who have not decided are told again, as shares of the time that the plan gives them, and when others are told instead. */
export const STAGES: readonly Stage[] = [
  { name: 'half', share: 0.5, kind: 'reminder' },
  { name: 'last-quarter', share: 0.75, kind: 'reminder' },
  { name: 'last-tenth', share: 0.9, kind: 'escalation' },
]

export type DueStage = Stage & {
  /** When it was due, ISO 8601. */
  readonly at: string
  /** The change, the digest to decide on, and the stage: each is told once. */
  readonly mark: string
}

/**
 * The newest stage that is due at `now` (epoch milliseconds); null where nothing is to be decided, or it is too early. Where several
 * passed unseen, only the newest is told: two reminders at once say no more than one.
 */
export const dueStage = (change: Change, now: number): DueStage | null => {
  if (change.status !== 'in-review') return null
  const { judgedAt, digest } = change.review
  const allowedMs = change.plan.approvalSecondsMax * 1_000
  const since = Date.parse(judgedAt)
  if (now >= since + allowedMs) return null
  const stage = STAGES.findLast(({ share }) => now >= since + allowedMs * share)
  if (stage === undefined) return null
  return { ...stage, at: new Date(since + allowedMs * stage.share).toISOString(), mark: `${change.id}/${digest}/${stage.name}` }
}

export const reminderOf = (surroundings: Surroundings, { kind, at, mark }: DueStage): Notice =>
  noticeAbout(surroundings, { kind, at, about: mark, by: null, says: '' })
