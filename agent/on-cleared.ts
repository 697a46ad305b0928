import { isStopInForce, verifyClearance } from '../shared/rollout/index.ts'
import type { Input, Step } from './effect.ts'
import { reportOrSleep } from './report.ts'
import type { Settings } from './settings.ts'
import { type Agent, change } from './state.ts'
import { viewOf } from './view.ts'

type Cleared = Extract<Input, { type: 'cleared' }>
type Forced = Extract<Input, { type: 'forced' }>

/** The id of a clearance of the very transition that the host stands in, and that it has not tried; null: it forces nothing. */
const usable = ({ durable, evidence }: Agent, { at, document, observation: { bootId } }: Cleared, settings: Settings): string | null => {
  const { work, stop, usedClearance, directiveKeys, reported } = durable
  if (document === null || !work || !evidence || isStopInForce(stop?.order ?? null, at)) return null
  const { host, fleet } = settings
  const transition = { change: work.change, livepatch: work.livepatch.name, bootId, since: evidence.since }
  /* A clock that is set back revives no clearance: what had expired when the host last reported has expired. */
  const now = Math.max(at, reported?.at ?? 0)
  const verified = verifyClearance(document, { host, fleet, ...transition, now, keys: new Map(Object.entries(directiveKeys)) })
  return verified.ok && verified.clearance.id !== usedClearance?.clearance ? verified.clearance.id : null
}

/**
 * The control plane was asked whether the stalled transition has been cleared. A clearance works once: that it was used is written down
 * before it is, so a host that dies in between does not force a second time.
 */
export const onCleared = (agent: Agent, input: Cleared, settings: Settings): Step<Agent> => {
  const { work } = agent.durable
  const clearance = usable(agent, input, settings)
  if (!work || clearance === null) return reportOrSleep(agent, viewOf(input.observation, agent.durable), input.at, settings)
  const { bootId } = input.observation
  return {
    state: change(agent, { usedClearance: { clearance, change: work.change, bootId, outcome: 'unknown' } }),
    effects: [{ do: 'force', name: work.livepatch.name }],
  }
}

/** The word was written, or the kernel refused it: what came of it is read from the machine. */
export const onForced = (agent: Agent, { result }: Forced): Step<Agent> => {
  const { usedClearance } = agent.durable
  const outcome = result === 'OK' ? 'done' : 'refused'
  const state = usedClearance ? change(agent, { usedClearance: { ...usedClearance, outcome } }) : agent
  return { state, effects: [{ do: 'observe' }] }
}
