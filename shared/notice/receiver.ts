import type { NoticeKind } from './kinds.ts'
import type { Notice } from './notice.ts'

export const RECEIVER_KINDS = ['webhook', 'slack', 'eventbridge'] as const
export type ReceiverKind = (typeof RECEIVER_KINDS)[number]

/** Somebody who is told. `url` may itself be a secret (Slack's are), so no answer, event or log carries more of it than its origin. */
export type Receiver = {
  readonly id: string
  readonly name: string
  readonly kind: ReceiverKind
  /** Null: the event bus, which has none. */
  readonly url: string | null
  /** Empty: of every fleet. */
  readonly fleets: readonly string[]
  /** Empty: every kind. */
  readonly kinds: readonly NoticeKind[]
  /** Whom it speaks to. Reminders go to the groups whose approval is missing; null: to it, whoever is missing. */
  readonly group: string | null
  readonly createdBy: string
  readonly createdAt: string
}

/** Groups that a sentence about a release names as a word of its own. */
const names = (sentence: string, group: string): boolean => sentence.split(/[^\p{L}\p{N}_-]+/u).includes(group)

/** A sentence that names none of the known groups is everybody's. */
const concerns = (group: string, missing: readonly string[], groups: readonly string[]): boolean =>
  missing.length === 0 || missing.some(sentence => names(sentence, group) || !groups.some(other => names(sentence, other)))

const isWanted = ({ fleets, kinds }: Receiver, { kind, fleet }: Notice): boolean =>
  (kinds.length === 0 || kinds.includes(kind)) && (fleets.length === 0 || fleet === null || fleets.includes(fleet))

const REMINDERS: readonly NoticeKind[] = ['reminder', 'policy-edit-reminder']
const ESCALATIONS: readonly NoticeKind[] = ['escalation', 'policy-edit-escalation']

/**
 * Who is told: those who want this kind for this fleet; of a reminder those whose group's approval is missing. An escalation goes to
 * everybody, or where `escalation` names a group, to that one beside those whose approval is missing.
 */
export const receiversOf = <R extends Receiver>(notice: Notice, receivers: readonly R[], escalation?: string): readonly R[] => {
  const groups = [...new Set(receivers.flatMap(({ group }) => group ?? []))]
  const isLast = ESCALATIONS.includes(notice.kind)
  const isForSome = REMINDERS.includes(notice.kind) || (isLast && escalation !== undefined)
  const isAsked = ({ group }: R): boolean => group === null || (isLast && group === escalation) || concerns(group, notice.missing, groups)
  return receivers.filter(receiver => isWanted(receiver, notice) && (!isForSome || isAsked(receiver)))
}

/** As much of a receiver's address as anybody is shown. */
export const shownAddress = ({ url }: Pick<Receiver, 'url'>): string | null => {
  if (url === null) return null
  const { origin, pathname, search } = new URL(url)
  return pathname === '/' && search === '' ? origin : `${origin}/…`
}
