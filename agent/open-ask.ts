import type { Report } from '../shared/fleet/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import { type Directive, isStopInForce } from '../shared/rollout/index.ts'
import { isAdmitted } from './is-admitted.ts'
import { refusalOf } from './refusal.ts'
import type { Settings } from './settings.ts'
import type { AgentState, Work } from './state.ts'
import { ownEntry, type View } from './view.ts'

export type OpenAsk = { readonly version: number; readonly ask: NonNullable<Directive['ask']> }

/** What the accepted directive asks of this host now: null while it says to stop, once expired, or before the host's bucket is open. */
const askedNow = ({ accepted }: AgentState, { bucket }: Settings, at: number): OpenAsk | null => {
  if (!accepted) return null
  const { ask, stopped, expiresAt, version } = accepted.directive
  if (!ask || stopped || expiresAt <= at || bucket >= ask.share) return null
  return { version, ask }
}

/** The same, and null too while a stop order is in force. */
export const openAsk = (state: AgentState, settings: Settings, at: number): OpenAsk | null =>
  isStopInForce(state.stop?.order ?? null, at) ? null : askedNow(state, settings, at)

/**
 * A stop order that keeps this host from what its directive asks, as the host reports it; null: there is none, or nothing is asked that
 * the host does not run already.
 */
export const stoppedFrom = (state: AgentState, view: View, settings: Settings, at: number): Report['refusal'] => {
  const order = state.stop?.order
  const asked = askedNow(state, settings, at)
  if (!order || !isStopInForce(order, at) || asked === null) return null
  if (ownEntry(view, { ...asked.ask, way: state.work?.way ?? null })) return null
  const detail = `everything is stopped until ${new Date(order.expiresAt).toISOString()} (stop order ${order.version}): ${order.reason}`
  return refusalOf('stopped', detail)
}

/**
 * Why this host may not go on; null: it may. `file`: what is known of the livepatch, null if it cannot be read from its file; undefined
 * before the file is there, when only what is sure already bars.
 */
export const barred = ({ stack, digest }: View, { ask }: OpenAsk, file?: Manifest | null): Work['failure'] => {
  if (stack.forced) {
    const detail = 'a transition was forced on this host; it takes part in no change until it has rebooted'
    return { state: 'forced', refusal: { code: 'stack-not-admitted', detail } }
  }
  if (isAdmitted(stack, ask.admitted, file ?? null, file === undefined)) return null
  const running = stack.livepatches.map(({ name }) => name).join(', ') || 'no livepatch'
  const detail = `this host runs ${running} on ${stack.kernelRelease} (stack ${digest.slice(0, 12)}), which the verdict did not cover`
  return { state: 'quarantined', refusal: refusalOf('stack-not-admitted', detail) }
}
