import { currentApprovals } from './approvals.ts'
import type { Approval, Change, ChangeEvent, Halt, Person, Review, Wave } from './change.ts'
import { assertNever, invariant } from './invariant.ts'

type Of<Type extends ChangeEvent['type']> = Extract<ChangeEvent, { type: Type }>
/** Strips what belongs to one status only, so that no field of an old status lingers in a new one. */
const proposal = ({ id, fleet, livepatch, plan, reason, proposer, builder, breakGlass, proposedAt }: Change) => ({
  id,
  fleet,
  livepatch,
  plan,
  reason,
  proposer,
  builder,
  breakGlass,
  proposedAt,
})

const proposed = (event: Of<'proposed'>, at: string): Change => {
  const { type: _, builder = null, breakGlass = null, ...rest } = event
  return { ...rest, builder, breakGlass, status: 'proposed', proposedAt: at, review: null, rollout: null }
}

/** Approvals that count on for the new digest, of those that counted for the one before. */
const carriedOver = (change: Change, { digest, carried = [] }: Of<'judged'>): readonly Approval[] => {
  const counting = carried.length === 0 ? [] : currentApprovals(change).filter(({ by }) => carried.includes(by.id))
  return (change.review?.approvals ?? []).map(approval => (counting.includes(approval) ? { ...approval, carriedTo: digest } : approval))
}

const judged = (change: Change, event: Of<'judged'>, at: string): Change => {
  const { type: _, carried: __, ...found } = event
  const approvals = carriedOver(change, event)
  const { revision = null, planners = [], delegations = [], afterReview = null } = change.review ?? {}
  const review: Review = {
    ...found,
    judgedAt: at,
    revision,
    planners,
    approvals,
    changesRequested: [],
    delegations,
    confirmation: null,
    afterReview,
  }
  return { ...proposal(change), status: 'in-review', review, rollout: null }
}

const blocked = (change: Change, event: Of<'blocked'>, at: string): Change => {
  const ending = { status: 'blocked', verdict: event.verdict, codes: event.codes, endedAt: at } as const
  invariant(change.rollout === null, 'a change that hosts act on is never blocked, it is halted')
  return change.review === null
    ? { ...proposal(change), review: null, rollout: null, ...ending }
    : { ...proposal(change), review: change.review, rollout: null, ...ending }
}

const reviewOf = (change: Change): Review => {
  invariant(change.review !== null, `a ${change.status} change was not judged`)
  return change.review
}

const inReview = (change: Change, review: Review): Change => ({ ...proposal(change), status: 'in-review', review, rollout: null })

/** Who decides by themselves, or takes back what they handed on, has their groups again: nobody's groups count twice. */
const withGroupsBack = (review: Review, from: string, at: string): Review => ({
  ...review,
  delegations: review.delegations.map(given => (given.from.id === from && given.endedAt === null ? { ...given, endedAt: at } : given)),
  approvals: review.approvals.map(approval => withoutBehalf(approval, from, at)),
})

const withoutBehalf = (approval: Approval, from: string, at: string): Approval => {
  const onBehalf = approval.onBehalf.filter(({ id }) => id !== from)
  if (onBehalf.length === approval.onBehalf.length || approval.withdrawnAt !== null) return approval
  if (onBehalf.length === 0 && approval.own === null) return { ...approval, withdrawnAt: at, withdrawnBy: 'delegator' }
  return { ...approval, onBehalf, by: { ...approval.by, groups: groupsOf(approval.own ?? [], onBehalf) } }
}

const groupsOf = (own: readonly string[], onBehalf: readonly Person[]): readonly string[] => [
  ...new Set([...own, ...onBehalf.flatMap(({ groups }) => groups)]),
]

/** The newest word of a person counts, so an approval answers what the same person asked for. */
const approved = (change: Change, event: Of<'approved'>, at: string): Change => {
  const review = withGroupsBack(reviewOf(change), event.by.id, at)
  const { digest, comment, signOff = [], seen = null, onBehalf = [] } = event
  const own = event.onlyOnBehalf ? null : event.by.groups
  const by = { ...event.by, groups: groupsOf(event.by.groups, onBehalf) }
  const approval: Approval = {
    ...{ by, onBehalf, own, digest, bound: review.bound, comment, signOff, seen },
    ...{ at, withdrawnAt: null, withdrawnBy: null },
  }
  return inReview(change, { ...review, approvals: [...review.approvals, approval], changesRequested: requestsBut(review, by.id) })
}

const confirmed = (change: Change, { by }: Of<'emergency-confirmed'>, at: string): Change => {
  const review = reviewOf(change)
  const { openedAt = at, confirmers = [] } = review.afterReview ?? {}
  const afterReview = { openedAt, confirmers: [...new Set([...confirmers, by.id])], closed: null }
  return inReview(change, { ...review, confirmation: { by, at }, afterReview })
}

/** In whatever status the change is: it moves nothing else. */
const reviewClosed = (change: Change, { by, text }: Of<'review-closed'>, at: string): Change => {
  invariant(change.review !== null && change.review.afterReview !== null, 'a review is closed where one is open')
  return { ...change, review: { ...change.review, afterReview: { ...change.review.afterReview, closed: { by, at, text } } } }
}

const delegated = (change: Change, { by: from, to, until }: Of<'delegated'>, at: string): Change => {
  const review = reviewOf(change)
  return inReview(change, { ...review, delegations: [...review.delegations, { from, to, at, until, endedAt: null }] })
}

const revised = (change: Change, { id, by, plan, reason }: Of<'revised'>, at: string): Change => {
  const review = reviewOf(change)
  const planners = plan === undefined ? review.planners : [...new Set([...review.planners, by.id])]
  return { ...inReview(change, { ...review, revision: { id, by, reason, at }, planners }), plan: plan ?? change.plan }
}

const requestsBut = ({ changesRequested }: Review, person: string) => changesRequested.filter(({ by }) => by.id !== person)

/** The person's approvals of a digest, taken back. */
const takenBack = (
  review: Review,
  { by, digest }: Of<'withdrawn' | 'changes-requested'>,
  at: string,
  withdrawnBy: Approval['withdrawnBy'],
) =>
  review.approvals.map(approval =>
    approval.by.id === by.id && (approval.digest === digest || approval.carriedTo === review.digest) && approval.withdrawnAt === null
      ? { ...approval, withdrawnAt: at, withdrawnBy }
      : approval,
  )

const withdrawn = (change: Change, event: Of<'withdrawn'>, at: string): Change => {
  const review = reviewOf(change)
  const approvals = takenBack(review, event, at, 'withdrawal')
  return inReview(change, { ...review, approvals, changesRequested: requestsBut(review, event.by.id) })
}

const changesRequested = (change: Change, event: Of<'changes-requested'>, at: string): Change => {
  const review = withGroupsBack(reviewOf(change), event.by.id, at)
  const { by, digest, reason } = event
  const approvals = takenBack(review, event, at, 'request-for-changes')
  return inReview(change, { ...review, approvals, changesRequested: [...requestsBut(review, event.by.id), { by, digest, reason, at }] })
}

const declined = (change: Change, event: Of<'rejected' | 'expired'>, at: string): Change => ({
  ...proposal(change),
  status: 'declined',
  review: reviewOf(change),
  rollout: null,
  rejection: event.type === 'rejected' ? { by: event.by, digest: event.digest, reason: event.reason } : null,
  reasonDeclined: event.type === 'rejected' ? event.reason : event.detail,
  endedAt: at,
})

const released = (change: Change, event: Of<'released'>, at: string): Change => {
  const waves = change.plan.waves.map(
    ({ share }): Wave => ({ share, state: 'waiting', openedAt: null, filledAt: null, directiveVersion: null, counts: null }),
  )
  return {
    ...proposal(change),
    status: 'released',
    review: reviewOf(change),
    rollout: { releasedAt: at, policies: event.policies, waves },
  }
}

/** The same change rolling, with one wave (or each) moved. */
const withWaves = (change: Change, status: 'released' | 'rolling', move: (wave: Wave, index: number) => Wave): Change => {
  invariant(change.rollout !== null, `a ${change.status} change has no waves`)
  const rollout = { ...change.rollout, waves: change.rollout.waves.map(move) }
  return { ...proposal(change), status, review: reviewOf(change), rollout }
}

const waveMoved = (change: Change, event: Of<'wave-opened' | 'wave-filled' | 'wave-passed'>, at: string): Change => {
  invariant(change.rollout?.waves[event.wave] !== undefined, `the plan has no wave ${event.wave}`)
  const moved = (wave: Wave): Wave => {
    switch (event.type) {
      case 'wave-opened':
        return { ...wave, state: 'open', openedAt: at, filledAt: null, directiveVersion: event.directiveVersion }
      case 'wave-filled':
        return { ...wave, state: 'soaking', filledAt: at, counts: event.counts }
      case 'wave-passed':
        return { ...wave, state: 'passed', counts: event.counts }
      default:
        return assertNever(event)
    }
  }
  return withWaves(change, 'rolling', (wave, index) => (index === event.wave ? moved(wave) : wave))
}

const rejudged = (change: Change, event: Of<'rejudged'>, at: string): Change => {
  invariant(change.status === 'released' || change.status === 'rolling', `a ${change.status} change is not judged again`)
  const { type: _, ...found } = event
  return { ...change, rollout: { ...change.rollout, rejudged: [...(change.rollout.rejudged ?? []), { ...found, at }] } }
}

const halted = (change: Change, event: Of<'halted'>, at: string): Change => {
  const halt: Halt = { ...event.reason, wave: event.wave, by: event.by, at }
  switch (change.status) {
    case 'proposed':
      return { ...proposal(change), review: null, rollout: null, status: 'halted', before: 'proposed', halt }
    case 'in-review':
      return { ...proposal(change), review: change.review, rollout: null, status: 'halted', before: 'in-review', halt }
    case 'released':
    case 'rolling': {
      const waves = change.rollout.waves.map((wave, index): Wave => (index === event.wave ? { ...wave, state: 'halted' } : wave))
      const rollout = { ...change.rollout, waves }
      return { ...proposal(change), review: change.review, rollout, status: 'halted', before: change.status, halt }
    }
    default:
      invariant(false, `a ${change.status} change cannot halt`)
      return change
  }
}

const resumed = (change: Change): Change => {
  invariant(change.status === 'halted' && change.rollout !== null, `a ${change.status} change cannot resume`)
  return withWaves(change, change.before, wave => (wave.state === 'halted' ? { ...wave, state: 'waiting' } : wave))
}

const aborted = (change: Change, event: Of<'aborted'>, at: string): Change => {
  const ending = { status: 'aborted', abortedBy: event.by, reasonAborted: event.reason, endedAt: at } as const
  if (change.rollout !== null) return { ...proposal(change), review: change.review, rollout: change.rollout, ...ending }
  if (change.review !== null) return { ...proposal(change), review: change.review, rollout: null, ...ending }
  return { ...proposal(change), review: null, rollout: null, ...ending }
}

const completed = (change: Change, event: Of<'completed'>, at: string): Change => {
  invariant(change.rollout !== null, `a ${change.status} change cannot complete`)
  return { ...proposal(change), review: change.review, rollout: change.rollout, status: 'completed', counts: event.counts, endedAt: at }
}

/**
 * Folds one event into a change; `at` is the commit's time, ISO 8601. It trusts its history: commands decide, evolve only
 * remembers. Throws where events cannot have come from commands (a broken ledger).
 */
export const evolve = (change: Change | null, event: ChangeEvent, at: string): Change => {
  if (event.type === 'proposed') {
    invariant(change === null, 'a change is proposed once')
    return proposed(event, at)
  }
  invariant(change !== null, `the first event is proposed, not ${event.type}`)
  switch (event.type) {
    case 'revised':
      return revised(change, event, at)
    case 'judged':
      return judged(change, event, at)
    case 'blocked':
      return blocked(change, event, at)
    case 'approved':
      return approved(change, event, at)
    case 'emergency-confirmed':
      return confirmed(change, event, at)
    case 'review-closed':
      return reviewClosed(change, event, at)
    case 'delegated':
      return delegated(change, event, at)
    case 'delegation-revoked':
      return inReview(change, withGroupsBack(reviewOf(change), event.by.id, at))
    case 'changes-requested':
      return changesRequested(change, event, at)
    case 'withdrawn':
      return withdrawn(change, event, at)
    case 'commented':
      return change
    case 'rejected':
    case 'expired':
      return declined(change, event, at)
    case 'released':
      return released(change, event, at)
    case 'rejudged':
      return rejudged(change, event, at)
    case 'wave-opened':
    case 'wave-filled':
    case 'wave-passed':
      return waveMoved(change, event, at)
    case 'halted':
      return halted(change, event, at)
    case 'resumed':
      return resumed(change)
    case 'aborted':
      return aborted(change, event, at)
    case 'completed':
      return completed(change, event, at)
    default:
      return assertNever(event)
  }
}

/** Folds a change's commits, oldest first, from `change` on (null: from its beginning). Null only where there is nothing to fold. */
export const replay = (
  commits: readonly { readonly at: string; readonly events: readonly ChangeEvent[] }[],
  change: Change | null = null,
): Change | null =>
  commits.reduce((state, commit) => commit.events.reduce<Change | null>((now, event) => evolve(now, event, commit.at), state), change)
