import { isStopInForce } from '../shared/rollout/index.ts'
import { refusalOf } from './refusal.ts'
import type { AgentState } from './state.ts'
import { isExposed, isMoving, isOnTheWay, type OnTheWay, type View } from './view.ts'

/**
 * The route disable-then-load, as a host goes it: each livepatch that runs is disabled, newest first, its transition awaited, its module
 * removed; when nothing is left, the new one is loaded. Each step follows from what the machine shows, so whoever starts again in the middle
 * finds the next one.
 */
export const begunWay = ({ stack, bootId }: View, at: number): OnTheWay['way'] => ({
  bootId,
  disables: stack.livepatches.map(({ name }) => name),
  since: at,
  until: null,
  loading: false,
  removals: 0,
  kept: [],
})

/**
 * Whether a host on the way may take another step. It may even if the directive has expired or the control plane is gone, because it is
 * exposed where it stands; a halt lets it finish where the directive says so. A stop order, a hold and an abort keep it where it is.
 */
export const mayFinish = ({ stop, accepted, work }: AgentState, at: number): boolean => {
  const directive = accepted?.directive
  if (!directive?.ask || directive.ask.change !== work?.change || isStopInForce(stop?.order ?? null, at)) return false
  return !directive.stopped || directive.ask.finish === true
}

export type NextStep =
  | { readonly next: 'wait' | 'load' }
  | { readonly next: 'disable' | 'remove'; readonly name: string }
  /** Somebody else has done something to the machine. */
  | { readonly next: 'lost'; readonly detail: string }

export const nextStep = ({ way, livepatch }: OnTheWay, view: View): NextStep => {
  const { livepatches, resident, forced } = view.stack
  if (forced) return { next: 'lost', detail: 'a transition was forced on this host while it disabled what it ran' }
  const foreign = livepatches.find(({ name }) => !way.disables.includes(name))
  if (foreign) {
    const detail = `${foreign.name} was loaded on this host while it disabled ${way.disables.join(', ')} in order to load ${livepatch.name}`
    return { next: 'lost', detail }
  }
  if (isMoving(view)) return { next: 'wait' }
  const left = way.disables.toReversed().find(name => resident.some(module => module.name === name) && !way.kept.includes(name))
  if (left !== undefined) return { next: 'remove', name: left }
  const newest = livepatches.at(-1)
  if (!newest) return { next: 'load' }
  return newest.enabled ? { next: 'disable', name: newest.name } : { next: 'wait' }
}

/** How a host that may not go on says so, besides its state: it stands without what it has disabled. */
export const stoppedBetween = (state: AgentState, view: View, at: number): { readonly code: 'stopped'; readonly detail: string } | null => {
  const { work } = state
  if (!isOnTheWay(work, view) || !isExposed(work, view) || mayFinish(state, at)) return null
  const why = isStopInForce(state.stop?.order ?? null, at)
    ? `everything is stopped: ${state.stop?.order.reason ?? ''}`
    : state.accepted?.directive.ask?.change === work.change
      ? 'the change is held'
      : 'the change asks for nothing any more'
  const detail = `this host has disabled ${work.way.disables.join(', ')} and has not loaded ${work.livepatch.name}: ${why}`
  return refusalOf('stopped', detail)
}
