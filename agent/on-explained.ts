import type { TransitionEvidence } from '../shared/fleet/index.ts'
import type { Input, Step } from './effect.ts'
import { reportOrSleep } from './report.ts'
import type { Settings } from './settings.ts'
import type { Agent } from './state.ts'
import { isMoving, isOnTheWay, unprovenOf, type View, viewOf } from './view.ts'

type Explained = Extract<Input, { type: 'explained' }>

const UNPROVEN_MAX = 16

const evidenceOf = ({ durable: { work } }: Agent, { at, facts }: Explained, view: View): TransitionEvidence | null => {
  if (!work) return null
  const silent = { livepatch: work.livepatch.name, direction: 'patching' as const, tasks: [], log: [] }
  const told = typeof facts === 'string' ? { ...silent, waiting: facts === 'none' ? 0 : null } : facts
  const unproven = unprovenOf(view, work.livepatch.name).map(name => name.slice(0, 160))
  return { ...told, since: work.movingSince ?? at, at, unproven: unproven.slice(0, UNPROVEN_MAX) }
}

/**
 * Whom the stalled transition waits for is known, or that nobody can tell; either is reported with the state. Whether somebody has cleared
 * what was reported is asked before.
 */
export const onExplained = (agent: Agent, input: Explained, settings: Settings): Step<Agent> => {
  const view = viewOf(input.observation, agent.durable)
  const explained = { ...agent, evidence: evidenceOf(agent, input, view) }
  /* Nobody is cleared to force what is being disabled: it would pin the module, and leave the host without a livepatch. */
  if (agent.evidence === null || !isMoving(view) || isOnTheWay(agent.durable.work, view))
    return reportOrSleep(explained, view, input.at, settings)
  return { state: explained, effects: [{ do: 'ask-clearance' }] }
}
