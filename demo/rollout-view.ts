import type { ChangeDocument } from './shapes.ts'

const WIDTH = 24

const bar = (done: number, all: number): string => {
  const filled = all > 0 ? Math.round((WIDTH * done) / all) : 0
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
}

const waveLine = ({ wave, share, state, counts }: ChangeDocument['waves'][number]): string => {
  const title = `wave ${wave + 1}  ${`${share / 100} %`.padStart(5)}  ${state.padEnd(8)}`
  if (!counts) return title
  const trouble =
    counts.failed + counts.stalled + counts.silent > 0
      ? `, ${counts.failed} failed, ${counts.stalled} stalled, ${counts.silent} silent`
      : ''
  return `${title} ${bar(counts.applied, counts.hosts)} ${counts.applied} of ${counts.hosts} hosts applied${trouble}`
}

/** A rollout as lines: one a wave. */
export const rolloutLines = (change: ChangeDocument): readonly string[] => [
  ...change.waves.map(waveLine),
  ...(change.halted ? [`halted (${change.halted.code}): ${change.halted.detail}`] : []),
]
