import { assertNever } from './assert-never.ts'
import type { Effect, Input, Step } from './effect.ts'
import { onCleared, onForced } from './on-cleared.ts'
import { onDisabled, onRemoved } from './on-disabled.ts'
import { onExplained } from './on-explained.ts'
import { onFetched, onFetchFailed } from './on-fetched.ts'
import { onLoaded } from './on-loaded.ts'
import { onObserved } from './on-observed.ts'
import { onPolled, onUnchanged, onUnreachable } from './on-polled.ts'
import { onReported } from './on-reported.ts'
import { onStopPolled } from './on-stop-polled.ts'
import type { Settings } from './settings.ts'
import type { Agent } from './state.ts'

/**
 * The agent as a state machine without network, disk or clock: one input in, the new state and the effects out. Each effect comes
 * back as an input, and the last of a round is always a sleep, so the loop never ends by itself:
 *
 *   sleep → woken → poll-stop → stop-polled → poll → polled | unchanged | unreachable → observe
 *                 → observe (between polls, while a transition is open)
 *   observe → observed ┬→ report → reported → sleep
 *                      ├→ explain → explained (a transition has stalled) → report
 *                      ├→ fetch → fetched ┬→ load → loaded → observe
 *                      │                  └→ disable → disabled → observe (by the route disable-then-load)
 *                      ├→ disable | remove → disabled | removed → observe (on that route, until nothing is left)
 *                      └→ sleep
 *
 * What the machine really runs is read before every decision and never remembered. What the control plane says is followed only if
 * its signature, fleet, version and time hold. If it is gone, the host stays as it is.
 */
export const step = (state: Agent, input: Input, settings: Settings): Step<Agent> => {
  switch (input.type) {
    case 'woken':
      return { state: { ...state, resting: false }, effects: [onWoken(state, input.at)] }
    case 'stop-polled':
      return onStopPolled(state, input)
    case 'polled':
      return onPolled(state, input, settings)
    case 'unchanged':
      return onUnchanged(state, input)
    case 'unreachable':
      return onUnreachable(state, input)
    case 'observed':
      return onObserved(state, input, settings)
    case 'explained':
      return onExplained(state, input, settings)
    case 'cleared':
      return onCleared(state, input, settings)
    case 'forced':
      return onForced(state, input)
    case 'unobserved':
      return { state, effects: [{ do: 'sleep', until: state.pollAt, idle: false }] }
    case 'fetched':
      return onFetched(state, input, settings)
    case 'fetch-failed':
      return onFetchFailed(state, input)
    case 'loaded':
      return onLoaded(state, input)
    case 'disabled':
      return onDisabled(state, input)
    case 'removed':
      return onRemoved(state, input)
    case 'reported':
      return onReported(state, input, settings)
    default:
      return assertNever(input)
  }
}

const onWoken = ({ pollAt }: Agent, at: number): Effect => (at >= pollAt ? { do: 'poll-stop' } : { do: 'observe' })
