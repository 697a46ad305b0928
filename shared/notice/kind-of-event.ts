import type { NoticeKind } from './kinds.ts'

/* Apart from what the kinds are called: the store asks it, and most functions carry the store. */

/** Which event of which streams becomes which kind. What is not in here (waves, comments) is told to nobody; a row more tells another event. */
const KIND_OF_EVENT: Readonly<Record<string, Readonly<Record<string, NoticeKind>>>> = {
  change: {
    judged: 'approval-asked',
    approved: 'approved',
    withdrawn: 'approval-withdrawn',
    'changes-requested': 'changes-requested',
    delegated: 'delegated',
    'emergency-confirmed': 'emergency-confirmed',
    'review-closed': 'review-closed',
    rejected: 'rejected',
    expired: 'declined',
    blocked: 'blocked',
    released: 'released',
    halted: 'halted',
    resumed: 'resumed',
    aborted: 'aborted',
    completed: 'completed',
  },
  'policy-edit': {
    proposed: 'policy-edit-asked',
    rejected: 'policy-edit-ended',
    withdrawn: 'policy-edit-ended',
    outdated: 'policy-edit-ended',
    expired: 'policy-edit-ended',
    enacted: 'policies-changed',
  },
  hold: { 'hold-placed': 'hold-placed', 'hold-extended': 'hold-extended', 'hold-lifted': 'hold-lifted' },
  fleet: { 'transition-cleared': 'force-cleared' },
}

/** `policy-edit#01J…` → `policy-edit` and `01J…` */
export const familyOf = (stream: string): { readonly family: string; readonly id: string } => {
  const [family = '', ...id] = stream.split('#')
  return { family, id: id.join('#') }
}

/** The kind of notice that an event of a stream becomes; null: of none. */
export const kindOfEvent = (stream: string, type: string): NoticeKind | null => {
  const { family } = familyOf(stream)
  const kinds = Object.hasOwn(KIND_OF_EVENT, family) ? (KIND_OF_EVENT[family] ?? {}) : {}
  return Object.hasOwn(kinds, type) ? (kinds[type] ?? null) : null
}

/** Whether somebody may want to hear of a commit: the store puts exactly those into its outbox. */
export const isNoticeworthy = (stream: string, events: readonly { readonly type: string }[]): boolean =>
  events.some(({ type }) => kindOfEvent(stream, type) !== null)
