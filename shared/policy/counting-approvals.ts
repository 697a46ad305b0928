import type { ReleaseContext } from './request.ts'
import type { Settings } from './settings.ts'

type Approver = { readonly id: string; readonly groups: readonly string[] }

/** What policy needs to know of an approval. */
export type Approved = {
  readonly by: Approver
  readonly digest: string
  /** A later digest that it counts for as well. */
  readonly carriedTo?: string
  readonly signOff: readonly string[]
  /** ISO 8601. */
  readonly at: string
  /** ISO 8601; null while the person stands by it. */
  readonly withdrawnAt: string | null
}

/** Whether an approval is of a digest, or was carried over to it. */
export const isOfDigest = (approval: Pick<Approved, 'digest' | 'carriedTo'>, digest: string): boolean =>
  approval.digest === digest || approval.carriedTo === digest

/**
 * The approvals that count: of the change's present digest or carried over to it, not withdrawn, not by its proposer or builder, not given before `since` (epoch
 * milliseconds, approvalsSince), one a person (the newest). Everything that asks "is it approved" asks here, so that an approval of
 * another digest can count nowhere.
 */
export const countingApprovals = <A extends Approved>(
  change: {
    readonly proposer: { readonly id: string }
    readonly builder?: string | null | undefined
    readonly review: { readonly digest: string; readonly approvals: readonly A[] } | null
  },
  since = Number.NEGATIVE_INFINITY,
): readonly A[] => {
  if (change.review === null) return []
  const { digest, approvals } = change.review
  const counting = approvals.filter(
    approval =>
      isOfDigest(approval, digest) &&
      approval.withdrawnAt === null &&
      approval.by.id !== change.proposer.id &&
      approval.by.id !== change.builder &&
      Date.parse(approval.at) >= since,
  )
  return [...new Map(counting.map(approval => [approval.by.id, approval])).values()]
}

/**
 * Since when approvals of a change count, at an instant (both epoch milliseconds). What is released rests on the approvals that it was
 * released with, however long its waves take, unless the settings say that they grow old there as well.
 */
export const approvalsSince = (
  { approvalValidSeconds, approvalsExpireInRollout }: Settings,
  { rollout }: { readonly rollout: { readonly releasedAt: string } | null },
  now: number,
): number => {
  if (approvalValidSeconds === undefined) return Number.NEGATIVE_INFINITY
  const at = rollout === null || approvalsExpireInRollout ? now : Date.parse(rollout.releasedAt)
  return at - approvalValidSeconds * 1_000
}

const membersOf = (approvers: readonly Approver[]): Readonly<Record<string, number>> => {
  const groups = approvers.flatMap(({ groups }) => [...new Set(groups)])
  return Object.fromEntries([...new Set(groups)].map(group => [group, groups.filter(other => other === group).length]))
}

/** Approvals that count, as policies see them. */
export const tallyOf = (counting: readonly Pick<Approved, 'by' | 'signOff'>[], changesRequested = 0): ReleaseContext['approvals'] => ({
  people: counting.length,
  members: membersOf(counting.map(({ by }) => by)),
  signedOff: [...new Set(counting.flatMap(({ signOff }) => signOff))].sort(),
  changesRequested,
})
