/** One timer for the earliest moment at which any execution wakes by itself. */
import type { Live } from './live.ts'

/** Calls `wake` once, after the delay, unless cancelled. */
export type Timer = (delayMs: number, wake: () => void) => { cancel: () => void }
export type Alarm = { readonly set: () => void; readonly cancel: () => void }

/* Timers of this platform hold 31 bits of milliseconds; a later moment is reached in several sleeps. */
const sleepMsMax = 2_147_483_647

export const createAlarm = (now: () => number, timer: Timer, lives: () => Iterable<Live>, wake: (live: Live) => void): Alarm => {
  let current: { at: number; cancel: () => void } | undefined

  const ring = () => {
    current = undefined
    for (const live of lives()) {
      if (live.due > now()) continue
      /* Its turn works out when it is due again. */
      live.due = Number.POSITIVE_INFINITY
      wake(live)
    }
    set()
  }
  const set = () => {
    let at = Number.POSITIVE_INFINITY
    for (const live of lives()) at = Math.min(at, live.due)
    if (current?.at === at) return
    current?.cancel()
    current = undefined
    if (at === Number.POSITIVE_INFINITY) return
    const { cancel } = timer(Math.max(0, Math.min(at - now(), sleepMsMax)), ring)
    current = { at, cancel }
  }
  return {
    set,
    cancel: () => {
      current?.cancel()
      current = undefined
    },
  }
}
