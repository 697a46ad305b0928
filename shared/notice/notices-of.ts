import { afterReviewOf, type Change, ChangeEvent, confirmBefore, summarize } from '../change/index.ts'
import type { Commit } from '../history/index.ts'
import { kindOfEvent } from './kind-of-event.ts'
import type { NoticeKind } from './kinds.ts'
import { NAME_MAX, type Notice, noticeId, TEXT_MAX } from './notice.ts'
import { plainText } from './plain-text.ts'

/** What the messages about a change need that its events do not say. */
export type Surroundings = {
  readonly change: Change
  /** Name, series and version of the change's livepatch; null where the catalog does not have it. */
  readonly livepatch: { readonly name: string; readonly series: string; readonly version: string } | null
  /** What a release still needs now, in words. */
  readonly missing: readonly string[]
  /** How long after its proposal an emergency may be confirmed, seconds. */
  readonly confirmSecondsMax: number
  /** Epoch milliseconds. */
  readonly now: number
  /** Where Supersede is reached, without a trailing slash. */
  readonly publicUrl: string
}

const MISSING_MAX = 10

const aboutEmergency = ({ change, confirmSecondsMax, now }: Surroundings): NonNullable<Notice['change']>['emergency'] => {
  if (change.breakGlass === null) return null
  const incident = plainText(change.breakGlass.incident, NAME_MAX)
  const reason = plainText(change.breakGlass.reason, TEXT_MAX)
  const review = afterReviewOf(change)
  const before = confirmBefore(change, confirmSecondsMax)
  const isAwaited = change.status === 'in-review' && !change.review.confirmation && now < before
  if (isAwaited) return { incident, reason, state: 'unconfirmed', confirmBefore: new Date(before).toISOString() }
  const isUnjudged = change.status === 'proposed' && now < before
  return { incident, reason, state: review === null ? (isUnjudged ? 'unconfirmed' : 'lapsed') : `review-${review}`, confirmBefore: null }
}

const aboutChange = (surroundings: Surroundings): NonNullable<Notice['change']> => {
  const { change, livepatch } = surroundings
  const { status, outcome, downgrade } = summarize(change)
  return {
    id: change.id,
    status,
    livepatch: {
      digest: change.livepatch,
      name: livepatch && plainText(livepatch.name, NAME_MAX),
      series: livepatch && plainText(livepatch.series, NAME_MAX),
      version: livepatch && plainText(livepatch.version, NAME_MAX),
    },
    proposer: plainText(change.proposer.name, NAME_MAX),
    reason: plainText(change.reason, TEXT_MAX),
    outcome,
    downgrade,
    emergency: aboutEmergency(surroundings),
  }
}

type Halted = Extract<ChangeEvent, { type: 'halted' }>
/** Their details are people's own words: a pause's reason, and the holds with owner, end and reason. */
type SaidByPeople = 'paused' | 'held'

/** Why the lifecycle halts, without what it saw: that names hosts and stacks. */
const HALTS: Readonly<Record<Exclude<Halted['reason']['code'], SaidByPeople>, string>> = {
  'budget-exceeded': 'more hosts failed, stalled or fell silent than the plan allows',
  drift: 'hosts run something that the verdict does not cover',
  policy: 'policy does not let it go on',
  internal: 'something went wrong inside Supersede',
}

const saidWhenHalted = ({ reason: { code, detail }, by }: Halted): { readonly by: string | null; readonly says: string } => {
  switch (code) {
    case 'paused':
      return { by, says: detail }
    case 'held':
      return { by: null, says: detail }
    default:
      return { by: null, says: HALTS[code] }
  }
}

/** Who did it and what they said; of an event of a kind that is added later, nothing. */
const saidIn = (event: ChangeEvent): { readonly by: string | null; readonly says: string } => {
  switch (event.type) {
    case 'approved':
      return { by: event.by.name, says: event.comment }
    case 'withdrawn':
    case 'changes-requested':
    case 'rejected':
    case 'aborted':
      return { by: event.by.name, says: event.reason }
    case 'delegated':
      return { by: event.by.name, says: `${event.to} may decide instead, before ${event.until.replace(/\.\d+Z$/, 'Z')}` }
    case 'resumed':
      return { by: event.by.name, says: '' }
    case 'emergency-confirmed':
      return { by: event.by.name, says: 'A review is open until somebody else closes it.' }
    case 'review-closed':
      return { by: event.by.name, says: event.text }
    case 'halted':
      return saidWhenHalted(event)
    case 'blocked':
      return { by: null, says: event.codes.join(', ') }
    default:
      return { by: null, says: '' }
  }
}

const ASKING: ReadonlySet<NoticeKind> = new Set([
  'approval-asked',
  'approved',
  'approval-withdrawn',
  'changes-requested',
  'delegated',
  'emergency-confirmed',
  'reminder',
  'escalation',
])

/** A notice about a change as it is now. `about` names what it tells, for its id. */
export const noticeAbout = (
  surroundings: Surroundings,
  { kind, at, about, by, says }: { kind: NoticeKind; at: string; about: string; by: string | null; says: string },
): Notice => {
  const { change, missing, publicUrl } = surroundings
  const asks = ASKING.has(kind)
  return {
    id: noticeId(Date.parse(at), about),
    kind,
    at,
    fleet: change.fleet,
    subject: '',
    change: aboutChange(surroundings),
    by: by && plainText(by, NAME_MAX),
    says: plainText(says, TEXT_MAX),
    missing: asks ? missing.slice(0, MISSING_MAX).map(sentence => plainText(sentence, TEXT_MAX)) : [],
    decideBefore: asks ? summarize(change).decideBefore : null,
    link: `${publicUrl}/#/changes/${encodeURIComponent(change.id)}`,
  }
}

/**
 * The notices of one commit of a change, none where nobody need hear of it. An approval that releases the change in the same commit is
 * told as the release alone.
 */
export const noticesOf = (commit: Commit, surroundings: Surroundings): readonly Notice[] => {
  const releases = commit.events.some(({ type }) => type === 'released')
  return commit.events.flatMap((recorded, index) => {
    const kind = kindOfEvent(commit.stream, recorded.type)
    const event = ChangeEvent.safeParse(recorded)
    if (kind === null || !event.success || (kind === 'approved' && releases)) return []
    const about = `${commit.stream}/${commit.sequence}/${index}`
    return [noticeAbout(surroundings, { kind, at: commit.at, about, ...saidIn(event.data) })]
  })
}
