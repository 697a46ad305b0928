type Told = { readonly title: string; readonly type: string }

/**
 * What people are told about, as data: each kind with the words that its message begins with, and its event type (full stops between,
 * letters, digits and `_` in each part, as Standard Webhooks recommends). A receiver chooses among them by name.
 */
export const NOTICES = {
  'approval-asked': { title: 'Approval asked', type: 'change.approval_asked' },
  approved: { title: 'Approved', type: 'change.approved' },
  'approval-withdrawn': { title: 'Approval withdrawn', type: 'change.approval_withdrawn' },
  'changes-requested': { title: 'Changes requested', type: 'change.changes_requested' },
  reminder: { title: 'Reminder: approval asked', type: 'change.reminder' },
  escalation: { title: 'Escalation: nobody has decided', type: 'change.escalation' },
  'emergency-confirmed': { title: 'Emergency confirmed', type: 'change.emergency_confirmed' },
  'review-closed': { title: 'Review of an emergency closed', type: 'change.review_closed' },
  delegated: { title: 'Asked to decide instead', type: 'change.delegated' },
  rejected: { title: 'Rejected', type: 'change.rejected' },
  declined: { title: 'Declined: the time to decide is over', type: 'change.declined' },
  blocked: { title: 'Blocked', type: 'change.blocked' },
  released: { title: 'Released', type: 'change.released' },
  halted: { title: 'Halted', type: 'change.halted' },
  resumed: { title: 'Resumed', type: 'change.resumed' },
  aborted: { title: 'Aborted', type: 'change.aborted' },
  completed: { title: 'Completed', type: 'change.completed' },
  'hold-placed': { title: 'Held', type: 'hold.placed' },
  'hold-extended': { title: 'Held for longer', type: 'hold.extended' },
  'hold-lifted': { title: 'Held no more', type: 'hold.lifted' },
  'force-cleared': { title: 'Leave given to force a stalled transition', type: 'fleet.force_cleared' },
  'policy-edit-asked': { title: 'Approval asked for an edit of the policies', type: 'policy.edit_asked' },
  'policy-edit-reminder': { title: 'Reminder: approval asked for an edit of the policies', type: 'policy.edit_reminder' },
  'policy-edit-escalation': { title: 'Escalation: nobody has decided on an edit of the policies', type: 'policy.edit_escalation' },
  'policy-edit-ended': { title: 'An edit of the policies came to nothing', type: 'policy.edit_ended' },
  'policies-changed': { title: 'The policies changed', type: 'policy.changed' },
  test: { title: 'Test', type: 'receiver.test' },
} as const satisfies Readonly<Record<string, Told>>
export type NoticeKind = keyof typeof NOTICES

const isKind = (name: string): name is NoticeKind => Object.hasOwn(NOTICES, name)
export const NOTICE_KINDS: readonly NoticeKind[] = Object.keys(NOTICES).filter(isKind)

/** What can be chosen: a test goes to whoever is tested, wanted or not. */
export const WANTED_KINDS = NOTICE_KINDS.filter(kind => kind !== 'test')
