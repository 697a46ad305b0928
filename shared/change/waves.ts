import type { Change, Wave } from './change.ts'

/** Index of the wave whose share is in the directive and that is neither passed nor held; null between waves. */
export const activeWave = (change: Change): number | null => {
  const index = (change.rollout?.waves ?? []).findIndex(wave => wave.state === 'open' || wave.state === 'soaking')
  return index < 0 ? null : index
}

/** Index of the first wave that has not passed; null when all have, or before the release. */
export const nextWave = (change: Change): number | null => {
  const index = (change.rollout?.waves ?? []).findIndex(wave => wave.state !== 'passed')
  return index < 0 ? null : index
}

/** The share (buckets) that hosts may act on: what was ever opened stays open, for a rollout never takes a share back. 0 before the first wave. */
export const openShare = (change: Change): number =>
  Math.max(0, ...(change.rollout?.waves ?? []).filter(wave => wave.openedAt !== null).map(wave => wave.share))

export const waveAt = (change: Change, index: number): Wave | undefined => change.rollout?.waves[index]

/**
 * When the gate of an open wave (its hosts must be heard from by then) or of a soaking one (it has soaked then) is due, by the times of its own
 * events; epoch milliseconds. Null in any other state.
 */
export const gateDueAt = (change: Change, index: number): number | null => {
  const { state, openedAt, filledAt } = waveAt(change, index) ?? {}
  if (state === 'open' && openedAt) return Date.parse(openedAt) + change.plan.waveSecondsMax * 1_000
  if (state === 'soaking' && filledAt) return Date.parse(filledAt) + change.plan.soakSeconds * 1_000
  return null
}

/** Digests of the verdicts whose stacks may load: the approved one, and newer ones that are no worse. Empty before the first. */
export const coveringVerdicts = ({ review, rollout }: Change): readonly string[] =>
  review === null
    ? []
    : [review.bound.verdict, ...(rollout?.rejudged ?? []).filter(({ worse }) => worse.length === 0).map(({ verdict }) => verdict)]
