import {
  activeWave,
  type Change,
  ChangeEvent,
  confirmBefore,
  isTerminal,
  nextWave,
  summarize,
  type WaveCounts,
} from '../../shared/change/index.ts'
import type { Commit } from '../../shared/history/index.ts'
import {
  approvalsSince,
  type Hold,
  minuteText,
  type Need,
  needsForRelease,
  type PolicySet,
  type Reviewers,
  reviewersOf,
  signableOf,
} from '../../shared/policy/index.ts'
import { waveCounts } from '../../shared/rollout/index.ts'
import type { Loaded, SlotCounts } from '../../shared/store/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import type { Ports } from '../ports.ts'
import { type HoldsPorts, holdsOn } from '../situation-of.ts'
import { describeEvent } from './describe-event.ts'
import { holdBrief } from './hold-document.ts'

/** When a change that nobody decides on is declined, ISO 8601; null where nothing is to be decided. */
const decideBefore = (change: Change): string | null =>
  change.status === 'in-review' ? new Date(Date.parse(change.review.judgedAt) + change.plan.approvalSecondsMax * 1_000).toISOString() : null

/** An emergency waits for its second person as long as they may confirm it. What it accepts can be released in no other way. */
const confirmationOf = ({ settings }: PolicySet, change: Change, now: number): readonly Need[] => {
  const { breakGlass } = change
  if (breakGlass === null || change.review?.confirmation) return []
  const end = confirmBefore(change, settings.breakGlass.confirmSecondsMax)
  const until = minuteText(end)
  const isOver = now >= end
  if (breakGlass.accepts !== undefined && isOver)
    return [{ text: `a new proposal, because the emergency ${breakGlass.incident} could be confirmed until ${until}`, policy: null }]
  if (isOver) return []
  const or = breakGlass.accepts === undefined ? 'or ' : ''
  return [{ text: `${or}a second person who confirms the emergency ${breakGlass.incident}, before ${until}`, policy: null }]
}

/** Whether a change is released and its next wave is not open yet. */
const isBetweenWaves = (change: Change): boolean =>
  (change.status === 'released' || change.status === 'rolling') && activeWave(change) === null && nextWave(change) !== null

/**
 * What a change's release (or, when it is released, its next wave) still needs, and which rules say so; empty where it needs nothing or can
 * have nothing any more. `held`: the holds in force on it.
 */
export const needsOf = (
  { policy, now }: Pick<Ports, 'policy' | 'now'>,
  change: Change,
  verdict: Verdict | null,
  held: readonly Hold[],
): readonly Need[] => {
  const policySet = policy.set()
  const situation = { held, now: now() }
  const before = decideBefore(change)
  if (verdict === null || (before === null && !isBetweenWaves(change))) return []
  if (before === null) return needsForRelease(policySet, change, verdict, situation, { action: 'openWave' })
  if (change.review?.bound.policy !== policySet.version)
    return [{ text: `a revision (supersede change revise ${change.id}), because the policies changed since it was judged`, policy: null }]
  const needs = needsForRelease(policySet, change, verdict, situation, { before: Date.parse(before) })
  return [...needs, ...confirmationOf(policySet, change, situation.now)]
}

/** From when on approvals of a change count, epoch milliseconds. */
export const sinceOf = ({ policy, now }: Pick<Ports, 'policy' | 'now'>, change: Change): number =>
  approvalsSince(policy.set().settings, change, now())

/** Whom the policies ask about a change that is in review. */
export const askedOf = (
  { policy, now }: Pick<Ports, 'policy' | 'now'>,
  change: Change,
  verdict: Verdict | null,
  held: readonly Hold[],
): readonly Reviewers[] =>
  change.status === 'in-review' && verdict !== null ? reviewersOf(policy.set(), change, verdict, { held, now: now() }) : []

export const verdictDigestOf = (change: Change): string | null =>
  change.review?.bound.verdict ?? (change.status === 'blocked' ? change.verdict : null)

/** The open wave's counts as they are now, in place of the ones of the newest event. */
const liveCounts = (change: Change, slots: readonly SlotCounts[]): { readonly wave: number; readonly counts: WaveCounts } | null => {
  const wave = activeWave(change)
  return wave === null ? null : { wave, counts: waveCounts(change.plan.waves[wave]?.share ?? 0, slots) }
}

/** Hosts that have disabled what they ran for the change and do not run its livepatch yet, also once it has ended. */
const hostsBetween = (slots: readonly SlotCounts[]): number => slots.reduce((sum, { states }) => sum + (states['between'] ?? 0), 0)

const timelineOf = (commits: readonly Commit[]) =>
  commits.flatMap(({ at, actor, events }) =>
    events.flatMap(event => {
      const parsed = ChangeEvent.safeParse(event)
      return parsed.success ? [{ at, actor, type: event.type, text: describeEvent(parsed.data) }] : []
    }),
  )

/** The holds that people are shown on a change; one that has ended waits for nothing. */
export const heldOf = async (ports: HoldsPorts, change: Change, seen?: readonly Hold[]): Promise<readonly Hold[]> =>
  isTerminal(change.status) ? [] : holdsOn(ports, change, seen)

/** What stands in the answers of every operation on a change. */
export const changeBrief = ({ change, version }: Loaded, needs: readonly Need[], held: readonly Hold[], since?: number) => {
  const { approvals, voidApprovals, changesRequested, delegations, confirmation, afterReviewClosed, ...summary } = summarize(change, since)
  return {
    ...summary,
    approvals: approvals.map(({ by, digest, comment, signOff, seen, at, onBehalf }) => ({
      ...{ by, digest, comment, signOff, seen, at },
      onBehalf: onBehalf.map(({ id, name }) => ({ id, name })),
    })),
    voidApprovals: voidApprovals.map(({ approval: { by, digest, at }, why, differs, text }) => ({
      ...{ by: by.id, name: by.name, digest, at },
      ...{ why, differs, text },
    })),
    changesRequested: changesRequested.map(({ by, digest, reason, at }) => ({ by: by.id, name: by.name, digest, reason, at })),
    confirmation: confirmation && { by: confirmation.by.id, name: confirmation.by.name, at: confirmation.at },
    afterReviewClosed: afterReviewClosed && {
      ...{ by: afterReviewClosed.by.id, name: afterReviewClosed.by.name },
      ...{ at: afterReviewClosed.at, text: afterReviewClosed.text },
    },
    delegations: delegations.map(({ from, ...given }) => ({ from: from.id, fromName: from.name, ...given })),
    version,
    needs: needs.map(({ text }) => text),
    heldBackBy: needs.flatMap(({ policy }) => policy ?? []),
    holds: held.map(holdBrief),
  }
}

/** A change as people look at it, whole. */
export const changeDocument = (
  loaded: Loaded,
  known: {
    readonly needs: readonly Need[]
    readonly held: readonly Hold[]
    /** From when on approvals count. */
    readonly since: number
    readonly reviewers: readonly Reviewers[]
    readonly verdict: Verdict | null
    readonly slots: readonly SlotCounts[]
    readonly commits: readonly Commit[]
  },
) => {
  const { change } = loaded
  const { waves, wave, approvals, ...summary } = changeBrief(loaded, known.needs, known.held, known.since)
  const live = liveCounts(change, known.slots)
  const counted = <W extends { readonly counts: WaveCounts | null }>(shown: W, index: number): W =>
    live?.wave === index ? { ...shown, counts: live.counts } : shown
  return {
    ...summary,
    proposer: change.proposer.id,
    proposerName: change.proposer.name,
    ...(change.builder === null ? {} : { builder: change.builder }),
    proposedAt: change.proposedAt,
    reason: change.reason,
    plan: change.plan,
    verdict: verdictDigestOf(change),
    approvals: approvals.map(({ by, at, comment, signOff, seen, onBehalf }) => ({
      ...{ by: by.id, name: by.name, groups: by.groups },
      ...{ at, comment, signOff, seen, onBehalf },
    })),
    wave: wave && counted(wave, wave.index),
    waves: waves.map(counted),
    between: hostsBetween(known.slots),
    reviewers: known.reviewers,
    signable: change.status === 'in-review' && known.verdict !== null ? signableOf(known.verdict) : [],
    findings: known.verdict?.findings,
    timeline: timelineOf(known.commits),
  }
}

const COMMITS_MAX = 500

/** A change's commits, oldest first; a rollout has far fewer than the bound. */
export const commitsOfChange = async (ledger: Ports['ledger'], id: string): Promise<readonly Commit[]> => {
  const commits: Commit[] = []
  let cursor: string | undefined
  do {
    const page = await ledger.commitsOf(`change#${id}`, { limit: 100, cursor })
    commits.push(...page.items)
    cursor = page.next
  } while (cursor !== undefined && commits.length < COMMITS_MAX)
  return commits
}
