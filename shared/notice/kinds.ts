/**
 * What people are told about, as data: each kind with the words that its message begins with. A receiver chooses among them by name.
 * The names become event types: `approval-asked` is `change.approval_asked` on a webhook.
 */
export const NOTICES = {
  'approval-asked': 'Approval asked',
  approved: 'Approved',
  'approval-withdrawn': 'Approval withdrawn',
  'changes-requested': 'Changes requested',
  reminder: 'Reminder: approval asked',
  escalation: 'Escalation: nobody has decided',
  rejected: 'Rejected',
  declined: 'Declined: the time to decide is over',
  blocked: 'Blocked',
  released: 'Released',
  halted: 'Halted',
  resumed: 'Resumed',
  aborted: 'Aborted',
  completed: 'Completed',
  test: 'Test',
} as const
export type NoticeKind = keyof typeof NOTICES

export const NOTICE_KINDS = Object.keys(NOTICES) as readonly NoticeKind[]

/** What can be chosen: a test goes to whoever is tested, wanted or not. */
export const WANTED_KINDS = NOTICE_KINDS.filter(kind => kind !== 'test')

/** Which event becomes which kind. What is not in here (waves, comments) is told to nobody; a row more is all that another event needs. */
const KIND_OF_EVENT: Readonly<Record<string, NoticeKind>> = {
  judged: 'approval-asked',
  approved: 'approved',
  withdrawn: 'approval-withdrawn',
  'changes-requested': 'changes-requested',
  rejected: 'rejected',
  expired: 'declined',
  blocked: 'blocked',
  released: 'released',
  halted: 'halted',
  resumed: 'resumed',
  aborted: 'aborted',
  completed: 'completed',
}

/** The kind of notice that an event of a stream becomes; null: of none. */
export const kindOfEvent = (stream: string, type: string): NoticeKind | null =>
  stream.startsWith('change#') && Object.hasOwn(KIND_OF_EVENT, type) ? (KIND_OF_EVENT[type] ?? null) : null

/** Whether somebody may want to hear of a commit: the store puts exactly those into its outbox. */
export const isNoticeworthy = (stream: string, events: readonly { readonly type: string }[]): boolean =>
  events.some(({ type }) => kindOfEvent(stream, type) !== null)
