import { setTimeout } from 'node:timers/promises'

/** Waits before attempt `attempt` + 1 (the first attempt is 0). */
export type Pause = (attempt: number) => Promise<void>

/** Attempts at one write that keeps meeting other writers; the last failure then rises. */
export const ATTEMPTS_MAX = 16
const PAUSE_MS_FIRST = 5
const PAUSE_MS_MAX = 500

/** Full jitter: anything between nothing and a doubling bound, so that writers who met do not meet again. */
export const jitteredPause =
  (random: () => number = Math.random): Pause =>
  async attempt => {
    await setTimeout(random() * Math.min(PAUSE_MS_MAX, PAUSE_MS_FIRST * 2 ** attempt))
  }
