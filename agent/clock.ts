/** Time and chance as the agent's shell sees them. */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number
  /** 0..1, for spreading polls. */
  jitter(): number
  sleepUntil(at: number): Promise<void>
  /** Ends a sleep that is under way, or makes the next one return at once. */
  wake(): void
}

/** The longest wait that a timer takes without overflowing. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** A timer may end this much before its time, and a host that wakes too early only wakes again. */
const EARLY_MS = 1

export const systemClock = (): Clock => {
  let awake: (() => void) | null = null
  let early = false
  return {
    now: () => Date.now(),
    jitter: () => Math.random(),
    sleepUntil: at =>
      new Promise(resolve => {
        if (early) {
          early = false
          return resolve()
        }
        const end = (): void => {
          clearTimeout(timer)
          awake = null
          resolve()
        }
        const timer = setTimeout(end, Math.min(TIMER_MS_MAX, Math.max(0, Math.ceil(at - Date.now()) + EARLY_MS)))
        awake = end
      }),
    wake: () => {
      if (awake) awake()
      else early = true
    },
  }
}
