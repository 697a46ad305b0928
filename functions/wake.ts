import { type Change, decideBefore, gateDueAt, isTerminal } from '../shared/change/index.ts'
import type { Loaded, Waiting } from '../shared/store/index.ts'
import type { Ports } from './ports.ts'

/** What each wait of the lifecycle is woken with. */
export type WakeUp = { readonly released: boolean } | WaitAgain | { readonly filled: boolean } | { readonly decision: 'resume' | 'end' }

/** Seconds that are left to decide; the workflow begins to wait anew, for as long. */
export type WaitAgain = { readonly released: false; readonly again: true; readonly approvalSecondsMax: number }

/** Null where the time to decide is over, or nothing is to be decided. */
export const waitAgain = (change: Change, now: number): WaitAgain | null => {
  const deadline = decideBefore(change)
  const left = deadline === null ? 0 : Math.ceil((Date.parse(deadline) - now) / 1_000)
  return left > 0 ? { released: false, again: true, approvalSecondsMax: left } : null
}

const waveDue = (change: Change, wave: number | null): WakeUp | null => {
  const state = wave === null ? undefined : change.rollout?.waves[wave]?.state
  if (state === 'open') return null
  return { filled: state === 'soaking' || state === 'passed' }
}

/**
 * With what the workflow of a change is woken now; null: not yet. A pure function of the change, so it does not matter who asks, how
 * often, or in which order the condition came true and the token was stored.
 */
export const wakeUpOf = (change: Change, waiting: Pick<Waiting, 'for' | 'wave'>): WakeUp | null => {
  const hasEnded = isTerminal(change.status)
  switch (waiting.for) {
    case 'approvals':
      if (change.rollout !== null) return { released: change.status !== 'aborted' }
      return hasEnded ? { released: false } : null
    case 'wave':
      return hasEnded || change.status === 'halted' ? { filled: false } : waveDue(change, waiting.wave)
    case 'decision':
      if (hasEnded) return { decision: 'end' }
      return change.status === 'halted' ? null : { decision: 'resume' }
  }
}

/** Seconds that a wait has to end by itself once its time is over. */
const GRACE_SECONDS = 60

/**
 * With what a wait is woken whose time is over by the ledger and that waits on, since it began anew: its call failed, or a stolen token failed it.
 * The task that comes then finds out why. `now`: epoch milliseconds.
 */
export const lateWakeUpOf = (change: Change, waiting: Pick<Waiting, 'for' | 'wave'>, now: number): WakeUp | null => {
  const isOver = (due: number | null): boolean => due !== null && due + GRACE_SECONDS * 1_000 < now
  const deadline = decideBefore(change)
  if (waiting.for === 'approvals') return isOver(deadline === null ? null : Date.parse(deadline)) ? { released: false } : null
  return waiting.wave !== null && isOver(gateDueAt(change, waiting.wave)) ? { filled: false } : null
}

/**
 * Wakes the workflow of a change if what it waits for is there. Ordering duty: whoever makes the condition true appends first and calls
 * this then; whoever waits stores its token first and calls this then. Waking twice is harmless. `appended`: the change as the caller has
 * just appended it; where nobody can be woken by that, nothing is read.
 */
export const wakeIfDue = async (ports: WakePorts, id: string, appended?: Change): Promise<Loaded | null> =>
  appended && (appended.status === 'proposed' || appended.status === 'in-review') ? null : wake(ports, id, wakeUpOf)

/** The same, and a wait that goes on though its time is over. */
export const wakeIfDueOrLate = ({ now, ...ports }: WakePorts & Pick<Ports, 'now'>, id: string): Promise<Loaded | null> =>
  wake(ports, id, (change, waiting) => wakeUpOf(change, waiting) ?? lateWakeUpOf(change, waiting, now()))

type WakePorts = Pick<Ports, 'ledger' | 'workflow'>
type Due = (change: Change, waiting: Waiting) => WakeUp | null

const wake = async ({ ledger, workflow }: WakePorts, id: string, dueOf: Due): Promise<Loaded | null> => {
  const waiting = await ledger.waiting(id)
  const loaded = await ledger.loadChange(id)
  if (!waiting || !loaded) return loaded
  const due = dueOf(loaded.change, waiting)
  if (due) await workflow.wake(waiting.token, due)
  return loaded
}

/**
 * Lets the workflow wait for the approvals of a change whose deadline moved for as long as is left now. Lost to a crash, it wakes at the old
 * deadline and finds the new one by itself (expire-approvals).
 */
export const waitAnew = async (
  { ledger, workflow, now }: Pick<Ports, 'ledger' | 'workflow' | 'now'>,
  { change }: Loaded,
): Promise<void> => {
  const waiting = await ledger.waiting(change.id)
  const again = waitAgain(change, now())
  if (waiting?.for === 'approvals' && again) await workflow.wake(waiting.token, again)
}
