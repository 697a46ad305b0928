import type { Input, Step } from './effect.ts'
import { nextPollAt } from './on-polled.ts'
import { sleepAfter } from './report.ts'
import type { Settings } from './settings.ts'
import { type Agent, change } from './state.ts'

type Reported = Extract<Input, { type: 'reported' }>

/** An ignored report is older than one that the control plane has: the host's memory was set back, so it skips ahead. */
const SKIP = 1000

export const onReported = (agent: Agent, { at, essence, outcome, jitter }: Reported, settings: Settings): Step<Agent> => {
  if (outcome === 'accepted') {
    const underway = agent.durable.work?.movingSince !== null && agent.durable.work !== null
    return sleepAfter(change(agent, { reported: { essence, at } }), underway, at, settings)
  }
  if (outcome === 'ignored')
    return sleepAfter(change(agent, { sequence: agent.durable.sequence + SKIP, reported: null }), false, at, settings)
  const misses = agent.misses + 1
  return sleepAfter({ ...agent, misses, pollAt: nextPollAt(agent, misses, at, jitter) }, false, at, settings)
}
