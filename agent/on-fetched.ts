import { contradiction } from './admission.ts'
import type { Input, Step } from './effect.ts'
import { barred, openAsk } from './open-ask.ts'
import type { Settings } from './settings.ts'
import { type Agent, change, type Work } from './state.ts'
import { entryOf, isMoving, viewOf } from './view.ts'

type Of<Type extends Input['type']> = Extract<Input, { type: Type }>

/** Failures that may pass, such as a download, count as a failed application after this many in a row. */
const ATTEMPTS_MAX = 5

const observeAgain = (state: Agent): Step<Agent> => ({ state, effects: [{ do: 'observe' }] })

const failed = (agent: Agent, failure: NonNullable<Work['failure']>): Step<Agent> =>
  observeAgain(agent.durable.work ? change({ ...agent, resting: true }, { work: { ...agent.durable.work, failure } }) : agent)

/**
 * The file is there and is the one that was asked for. The machine was read again meanwhile, because a download takes time; its stack
 * must still be admitted, and the simulated kernel must agree. The digest is on disk before the load, so that a crash in between
 * leaves a stack that the agent can name.
 */
export const onFetched = (agent: Agent, { at, manifest, known, observation }: Of<'fetched'>, settings: Settings): Step<Agent> => {
  const view = viewOf(observation, agent.durable)
  const ask = openAsk(agent.durable, settings, at)
  if (!ask || isMoving(view) || entryOf(view, ask.ask.livepatch.digest)) return observeAgain(agent)
  const unfit = barred(view, ask, manifest)
  if (unfit) return failed(agent, unfit)
  const { digest, name } = ask.ask.livepatch
  const different = manifest ? contradiction(manifest, view, known) : null
  if (different) return failed(agent, { state: 'quarantined', refusal: { code: 'verdict-differs', detail: different.slice(0, 500) } })
  const { loaded } = agent.durable
  const earlier = loaded.bootId === view.bootId ? loaded.digests : {}
  const removeFirst = view.stack.resident.some(resident => resident.name === name && resident.refcnt === 0)
  return {
    state: change(agent, { loaded: { bootId: view.bootId, digests: { ...earlier, [name]: digest } } }),
    effects: [{ do: 'load', digest, name, removeFirst }],
  }
}

/** A download that fails is tried again with the next polls; a file with another digest is not what was approved, and stays out. */
export const onFetchFailed = (agent: Agent, { code, detail }: Of<'fetch-failed'>): Step<Agent> => {
  const { work } = agent.durable
  if (!work) return observeAgain(agent)
  const attempts = work.attempts + 1
  const final = code === 'digest-mismatch' || attempts >= ATTEMPTS_MAX
  const failure = { state: final ? ('apply-failed' as const) : ('pending' as const), refusal: { code, detail: detail.slice(0, 500) } }
  return observeAgain(change({ ...agent, resting: true }, { work: { ...work, attempts, failure } }))
}
