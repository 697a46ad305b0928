import { sha256 } from '../canonical/index.ts'

/** Seconds after each failure in a row: ten attempts over three days (Standard Webhooks, "Example retry schedule"). */
export const RETRY_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const
/** A receiver that took nothing for so long is told no more. */
export const GIVE_UP_SECONDS = 5 * 86_400
const RETRY_AFTER_SECONDS_MAX = 86_400
/** So that what failed together does not come back together. */
const JITTER = 0.1

/** What came of one attempt. `status` null: there was no answer; `why` says what there was instead. */
export type Attempt = {
  readonly status: number | null
  readonly why: string
  /** What the receiver asked for (Retry-After). */
  readonly retryAfterSeconds: number | null
}

export type AfterAttempt =
  | { readonly state: 'delivered' }
  /** `nextAt` in epoch milliseconds. */
  | { readonly state: 'pending'; readonly nextAt: number }
  | { readonly state: 'dead'; readonly isGone: boolean }

/** A fraction that follows from the id, as a repetition after a crash has to find the same time. */
const fractionOf = (id: string, attempts: number): number => Number.parseInt(sha256(`${id}/${attempts}`).slice(0, 8), 16) / 2 ** 32

export const isTaken = ({ status }: Pick<Attempt, 'status'>): boolean => status !== null && status >= 200 && status <= 299

/**
 * What becomes of a delivery after its `attempts`th attempt (1, 2, …) at `now` (epoch milliseconds). 2xx: delivered. 410: its receiver
 * wants no more, ever. Anything else is tried again until the schedule is through; a redirect too, for none is followed.
 */
export const afterAttempt = (id: string, attempts: number, attempt: Attempt, now: number): AfterAttempt => {
  if (isTaken(attempt)) return { state: 'delivered' }
  if (attempt.status === 410) return { state: 'dead', isGone: true }
  const delay = RETRY_SECONDS[attempts - 1]
  if (delay === undefined) return { state: 'dead', isGone: false }
  const asked = Math.min(attempt.retryAfterSeconds ?? 0, RETRY_AFTER_SECONDS_MAX)
  const seconds = Math.max(delay * (1 + JITTER * fractionOf(id, attempts)), asked)
  return { state: 'pending', nextAt: now + Math.ceil(seconds * 1_000) }
}

/** Whether a receiver that has taken nothing since `failingSince` is given up; both in epoch milliseconds. */
export const isGivenUp = (failingSince: number | null, now: number): boolean =>
  failingSince !== null && now - failingSince >= GIVE_UP_SECONDS * 1_000
