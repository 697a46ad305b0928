import { contradiction } from './admission.ts'
import type { Input, Step } from './effect.ts'
import { begunWay, mayFinish, nextStep } from './on-the-way.ts'
import { barred, openAsk } from './open-ask.ts'
import { refusalOf } from './refusal.ts'
import type { Settings } from './settings.ts'
import { type Agent, change, type Work } from './state.ts'
import { isMoving, isOnTheWay, ownEntry, type View, viewOf } from './view.ts'

type Of<Type extends Input['type']> = Extract<Input, { type: Type }>

/** Failures that may pass, such as a download, count as a failed application after this many in a row. */
const ATTEMPTS_MAX = 5

const observeAgain = (state: Agent): Step<Agent> => ({ state, effects: [{ do: 'observe' }] })

const failed = (agent: Agent, failure: NonNullable<Work['failure']>): Step<Agent> =>
  observeAgain(agent.durable.work ? change({ ...agent, resting: true }, { work: { ...agent.durable.work, failure } }) : agent)

type Wanted = { readonly digest: string; readonly name: string }

/** The digest is on disk before the load, so that a crash in between leaves a stack that the agent can name. */
const loading = (agent: Agent, work: Work, view: View, { digest, name }: Wanted): Step<Agent> => {
  const { loaded } = agent.durable
  const earlier = loaded.bootId === view.bootId ? loaded.digests : {}
  const removeFirst = view.stack.resident.some(resident => resident.name === name && resident.refcnt === 0)
  const way = work.way && { ...work.way, loading: true }
  return {
    state: change(agent, { work: { ...work, way }, loaded: { bootId: view.bootId, digests: { ...earlier, [name]: digest } } }),
    effects: [{ do: 'load', digest, name, removeFirst }],
  }
}

/** By the route disable-then-load a host that runs anything sets out: what it will disable is on disk before it disables anything. */
const settingOut = (agent: Agent, work: Work, view: View, at: number): Step<Agent> | null => {
  const newest = view.stack.livepatches.at(-1)
  if (work.route === 'replace' || !newest) return null
  return { state: change(agent, { work: { ...work, way: begunWay(view, at) } }), effects: [{ do: 'disable', name: newest.name }] }
}

const differing = (detail: string): NonNullable<Work['failure']> => ({
  state: 'quarantined',
  refusal: refusalOf('verdict-differs', detail),
})

/** A host on the way has disabled everything: its stack was admitted when it set out, and the simulated kernel must still agree. */
const arriving = (agent: Agent, work: Work, view: View, { at, manifest, known }: Of<'fetched'>): Step<Agent> | null => {
  if (!isOnTheWay(work, view)) return null
  if (!mayFinish(agent.durable, at) || nextStep(work, view).next !== 'load') return observeAgain(agent)
  const different = manifest ? contradiction(manifest, view, known, work.route) : null
  return different ? failed(agent, differing(different)) : loading(agent, work, view, work.livepatch)
}

/**
 * The file is there and is the one that was asked for. The machine was read again meanwhile, because a download takes time; its stack
 * must still be admitted, and the simulated kernel must agree.
 */
export const onFetched = (agent: Agent, input: Of<'fetched'>, settings: Settings): Step<Agent> => {
  const { at, manifest, known, observation } = input
  const view = viewOf(observation, agent.durable)
  const { work } = agent.durable
  const further = work && arriving(agent, work, view, input)
  if (further) return further
  const ask = openAsk(agent.durable, settings, at)
  if (!ask || !work || isMoving(view) || ownEntry(view, work)) return observeAgain(agent)
  const unfit = barred(view, ask, manifest)
  if (unfit) return failed(agent, unfit)
  const different = manifest ? contradiction(manifest, view, known, work.route) : null
  if (different) return failed(agent, differing(different))
  return settingOut(agent, work, view, at) ?? loading(agent, work, view, ask.ask.livepatch)
}

/** A download that fails is tried again with the next polls; a file with another digest is not what was approved, and stays out. */
export const onFetchFailed = (agent: Agent, { code, detail }: Of<'fetch-failed'>): Step<Agent> => {
  const { work } = agent.durable
  if (!work) return observeAgain(agent)
  const attempts = work.attempts + 1
  const final = code === 'digest-mismatch' || attempts >= ATTEMPTS_MAX
  const failure = { state: final ? ('apply-failed' as const) : ('pending' as const), refusal: refusalOf(code, detail) }
  return observeAgain(change({ ...agent, resting: true }, { work: { ...work, attempts, failure } }))
}
