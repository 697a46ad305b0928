import type { Replay } from './replay.ts'

/** Lines of the simulated kernel's log that match. */
export const linesAbout = (replay: Replay | null, pattern: RegExp): readonly string[] =>
  (replay?.log ?? []).filter(line => pattern.test(line))
