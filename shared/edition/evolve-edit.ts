import { EDIT_DAYS_MAX, type EditApproval, type EditStatus, type PolicyEdit, type PolicyEditEvent } from './edit.ts'

const ended = (edit: PolicyEdit, status: EditStatus, ending: string, at: string, endedBy: string | null = null): PolicyEdit => ({
  ...edit,
  ...{ status, ending, endedBy, endedAt: at },
})

const withdraw = (approvals: readonly EditApproval[], person: string, at: string): readonly EditApproval[] =>
  approvals.map(approval => (approval.by.id === person && approval.withdrawnAt === null ? { ...approval, withdrawnAt: at } : approval))

const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`)

const proposed = (event: Extract<PolicyEditEvent, { type: 'proposed' }>, at: string): PolicyEdit => {
  const { type: _, ...rest } = event
  return { ...rest, status: 'in-review', proposedAt: at, approvals: [], edition: null, ending: null, endedBy: null, endedAt: null }
}

/**
 * Folds one event into an edit; `at` is the commit's time, ISO 8601. Commands decide, this only remembers. Throws where the first event is
 * no proposal, or a later one is (a broken ledger).
 */
export const evolveEdit = (edit: PolicyEdit | null, event: PolicyEditEvent, at: string): PolicyEdit => {
  if (event.type === 'proposed' && edit === null) return proposed(event, at)
  if (event.type === 'proposed' || edit === null) throw new Error(`policy edit: ${event.type} cannot be where it is`)
  switch (event.type) {
    case 'approved': {
      const { by, digest, comment } = event
      return { ...edit, approvals: [...edit.approvals, { by, digest, comment, at, withdrawnAt: null }] }
    }
    case 'approval-withdrawn':
      return { ...edit, approvals: withdraw(edit.approvals, event.by.id, at) }
    case 'commented':
      return edit
    case 'rejected':
      return ended(edit, 'rejected', `${event.by.name} rejected it${because(event.reason)}`, at, event.by.id)
    case 'withdrawn':
      return ended(edit, 'withdrawn', `${event.by.name} withdrew it${because(event.reason)}`, at, event.by.id)
    case 'enacted':
      return { ...ended(edit, 'enacted', `It is edition ${event.edition} of the policies.`, at), edition: event.edition }
    case 'outdated':
      return ended(edit, 'outdated', outdatedText(edit, event.now), at)
    case 'expired':
      return ended(edit, 'expired', event.detail, at)
  }
}

export const outdatedText = ({ base }: Pick<PolicyEdit, 'base'>, now: PolicyEdit['base']): string =>
  now.edition === base.edition
    ? 'Other policies were deployed since it was proposed; look at what holds now, and propose it again.'
    : `Edition ${now.edition} came into force since it was proposed on ${base.edition === 0 ? 'none' : `edition ${base.edition}`}; look at what holds now, and propose it again.`

/** Folds an edit's commits, oldest first. Null only where there is nothing to fold. */
export const replayEdit = (
  commits: readonly { readonly at: string; readonly events: readonly PolicyEditEvent[] }[],
  edit: PolicyEdit | null = null,
): PolicyEdit | null =>
  commits.reduce((state, { at, events }) => events.reduce<PolicyEdit | null>((now, event) => evolveEdit(now, event, at), state), edit)

/** When an edit that nobody decides on ends, epoch milliseconds. */
export const decideBefore = ({ proposedAt }: Pick<PolicyEdit, 'proposedAt'>): number => Date.parse(proposedAt) + EDIT_DAYS_MAX * 86_400_000
