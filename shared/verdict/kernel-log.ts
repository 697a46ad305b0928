import type { Replay } from './replay.ts'

const NONE: readonly string[] = []

/** Lines that match of what the simulated kernel logged when it refused. */
export const linesAbout = (replay: Replay | null, pattern: RegExp): readonly string[] =>
  replay === null || replay.result === 'OK' ? NONE : replay.log.filter(line => pattern.test(line))
