import { currentApprovals } from './approvals.ts'
import type {
  AfterReview,
  Approval,
  BreakGlass,
  Change,
  ChangeStatus,
  Delegation,
  Rejudged,
  RequestForChanges,
  Review,
  WaveCounts,
} from './change.ts'
import { afterReviewOf } from './emergency.ts'
import { viewDigest } from './view-digest.ts'
import { type VoidApproval, voidApprovals } from './void-approvals.ts'
import { activeWave } from './waves.ts'

export type WaveSummary = {
  readonly wave: number
  readonly share: number
  readonly state: 'waiting' | 'open' | 'soaking' | 'passed' | 'halted'
  readonly counts: WaveCounts | null
}

export type Summary = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly status: ChangeStatus
  readonly digest: string | null
  /** Digest of what an approver is shown; a decision names it as `seen`. */
  readonly view: string | null
  readonly outcome: 'block' | 'review' | 'note' | 'clear' | null
  readonly downgrade: boolean
  /** Those that count. */
  readonly approvals: readonly Approval[]
  /** Those that count no more, and why. */
  readonly voidApprovals: readonly VoidApproval[]
  /** Requests for changes that stand; each holds the release. */
  readonly changesRequested: readonly RequestForChanges[]
  readonly delegations: readonly Delegation[]
  readonly breakGlass: BreakGlass | null
  readonly confirmation: Review['confirmation']
  /** Of the review that an emergency opens. */
  readonly afterReview: 'open' | 'closed' | null
  /** What the review came to; null while it is open, or none was. */
  readonly afterReviewClosed: AfterReview['closed']
  readonly wave: {
    readonly index: number
    readonly share: number
    readonly phase: WaveSummary['state']
    readonly counts: WaveCounts | null
  } | null
  readonly waves: readonly WaveSummary[]
  /** The newest verdict on stacks that appeared since the release; null where none did. */
  readonly rejudged: Rejudged | null
  readonly halted: { readonly code: string; readonly detail: string } | null
  /** Until when people may decide, ISO 8601; null where nothing is to be decided. After it the change is declined. */
  readonly decideBefore: string | null
  /** Why it ended, in a sentence; null while it has not. */
  readonly ending: string | null
}

const endingOf = (change: Change): string | null => {
  switch (change.status) {
    case 'blocked':
      return `Blocked by ${change.codes.join(', ')}.`
    case 'declined':
      return change.rejection === null ? change.reasonDeclined : `Rejected by ${change.rejection.by.name}: ${change.rejection.reason}`
    case 'aborted':
      return `Aborted by ${change.abortedBy.name}: ${change.reasonAborted}`
    case 'completed':
      return `Completed: ${change.counts.applied} of ${change.counts.hosts} hosts applied.`
    default:
      return null
  }
}

/** Until when people may decide: from the newest judgement on, so that a revision leaves them the whole time again. ISO 8601; null: nothing is to be decided. */
export const decideBefore = (change: Change): string | null =>
  change.status === 'in-review' ? new Date(Date.parse(change.review.judgedAt) + change.plan.approvalSecondsMax * 1000).toISOString() : null

const wavesOf = (change: Change): readonly WaveSummary[] =>
  change.rollout === null
    ? change.plan.waves.map(({ share }, wave) => ({ wave, share, state: 'waiting', counts: null }))
    : change.rollout.waves.map(({ share, state, counts }, wave) => ({ wave, share, state, counts }))

/** A change as people look at it; pure data, for the API's answer and for views. `since`: from when on approvals count (epoch milliseconds). */
export const summarize = (change: Change, since?: number): Summary => {
  const waves = wavesOf(change)
  const index = activeWave(change) ?? (change.status === 'halted' ? change.halt.wave : null)
  const current = index === null ? undefined : waves[index]
  return {
    id: change.id,
    fleet: change.fleet,
    livepatch: change.livepatch,
    status: change.status,
    digest: change.review?.digest ?? null,
    view: viewDigest(change),
    outcome: change.status === 'blocked' ? 'block' : (change.review?.outcome ?? null),
    downgrade: change.review?.downgrade ?? false,
    approvals: currentApprovals(change, since),
    voidApprovals: voidApprovals(change, since),
    changesRequested: change.review?.changesRequested ?? [],
    delegations: change.review?.delegations ?? [],
    breakGlass: change.breakGlass,
    confirmation: change.review?.confirmation ?? null,
    afterReview: afterReviewOf(change),
    afterReviewClosed: change.review?.afterReview?.closed ?? null,
    wave: current === undefined ? null : { index: current.wave, share: current.share, phase: current.state, counts: current.counts },
    waves,
    rejudged: change.rollout?.rejudged?.at(-1) ?? null,
    halted: change.status === 'halted' ? { code: change.halt.code, detail: change.halt.detail } : null,
    decideBefore: decideBefore(change),
    ending: endingOf(change),
  }
}
