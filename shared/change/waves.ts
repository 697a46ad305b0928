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

/** Digests of the verdicts whose stacks may load: the approved one, and newer ones that are no worse. Empty before the first. */
export const coveringVerdicts = ({ review, rollout }: Change): readonly string[] =>
  review === null
    ? []
    : [review.bound.verdict, ...(rollout?.rejudged ?? []).filter(({ worse }) => worse.length === 0).map(({ verdict }) => verdict)]
