import type { Input, Step } from './effect.ts'
import { refusalOf } from './refusal.ts'
import { type Agent, change, type Work } from './state.ts'

type Came = Extract<Input, { type: 'disabled' | 'removed' }>

/** The kernel may refuse for a moment, while it is busy with something else; after so many times in a row it is a failure. */
const ATTEMPTS_MAX = 5
/** A module that is in use stays in memory after so many: its livepatch is disabled, and a host that is exposed waits for no module. */
const REMOVALS_MAX = 3

const observe = (state: Agent): Step<Agent> => ({ state, effects: [{ do: 'observe' }] })

const refusedStep = (work: Work, { name, result, detail }: Came): Work => {
  const attempts = work.attempts + 1
  const refusal = refusalOf('kernel-refused', `disabling ${name} answers ${result}: ${detail}`)
  return { ...work, attempts, failure: { state: attempts >= ATTEMPTS_MAX ? 'apply-failed' : 'pending', refusal } }
}

/** The word was written, or the kernel refused it. Success means that the transition has begun; what comes of it is read from the machine. */
export const onDisabled = (agent: Agent, came: Came): Step<Agent> => {
  const { work } = agent.durable
  if (!work) return observe(agent)
  if (came.result === 'OK') return observe(change(agent, { work: { ...work, attempts: 0, failure: null } }))
  return observe(change({ ...agent, resting: true }, { work: refusedStep(work, came) }))
}

/** The module is gone, or the kernel does not let it go yet: just after a transition it may still hold it for a moment. */
export const onRemoved = (agent: Agent, { name, result }: Came): Step<Agent> => {
  const { work } = agent.durable
  if (!work?.way) return observe(agent)
  const { way } = work
  if (result === 'OK') return observe(change(agent, { work: { ...work, way: { ...way, removals: 0 } } }))
  const removals = way.removals + 1
  const given = removals >= REMOVALS_MAX ? { removals: 0, kept: [...way.kept, name] } : { removals }
  return observe(change({ ...agent, resting: true }, { work: { ...work, way: { ...way, ...given } } }))
}
