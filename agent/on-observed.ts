import type { Input, Step } from './effect.ts'
import { barred, type OpenAsk, openAsk } from './open-ask.ts'
import { reportOrSleep } from './report.ts'
import type { Settings } from './settings.ts'
import { type Agent, change, type Work } from './state.ts'
import { entryOf, isMoving, isProven, type View, viewOf } from './view.ts'

type Observed = Extract<Input, { type: 'observed' }>

const begun = ({ durable }: Agent, { version, ask }: OpenAsk): Work => {
  const { work } = durable
  const fresh: Work = {
    change: ask.change,
    livepatch: { digest: ask.livepatch.digest, name: ask.livepatch.name },
    directiveVersion: version,
    loadedAt: null,
    movingSince: null,
    attempts: 0,
    failure: null,
  }
  if (work?.change !== ask.change || work.livepatch.digest !== ask.livepatch.digest) return fresh
  return work.directiveVersion < version && work.failure ? { ...work, directiveVersion: version, attempts: 0, failure: null } : work
}

/** Remembers since when it has been loaded without being proven, which is a transition as a rule; forgets it when that is over. */
const timed = (work: Work, view: View, at: number): Work => {
  const entry = entryOf(view, work.livepatch.digest)
  const moving = entry !== undefined && !isProven(view, entry)
  if (!moving) return work.movingSince === null ? work : { ...work, movingSince: null }
  return work.movingSince === null ? { ...work, movingSince: at } : work
}

const withWork = (agent: Agent, work: Work): Agent => (work === agent.durable.work ? agent : change(agent, { work }))

/** A refusal that rests on the stack alone is looked at anew each time: the stack may have come back. */
const mayGoOn = ({ resting }: Agent, { failure }: Work): boolean =>
  !resting && (failure === null || failure.state === 'pending' || failure.refusal.code === 'stack-not-admitted')

/** A forced transition is never forgotten before the machine reboots, whatever restarts in between. */
const remembering = (agent: Agent, { bootId }: View): Agent =>
  agent.durable.forcedBoot === bootId ? agent : change(agent, { forcedBoot: bootId })

/** What the machine runs is known: go on with what the directive asks, or tell how things stand. */
export const onObserved = (before: Agent, { at, observation }: Observed, settings: Settings): Step<Agent> => {
  const view = viewOf(observation, before.durable)
  const agent = view.stack.forced ? remembering(before, view) : before
  const ask = openAsk(agent.durable, settings, at)
  const current = ask ? begun(agent, ask) : agent.durable.work
  if (!current) return reportOrSleep(agent, view, at, settings)
  const work = timed(current, view, at)
  const state = withWork(agent, work)
  if (!ask || entryOf(view, work.livepatch.digest) || isMoving(view) || !mayGoOn(agent, work))
    return reportOrSleep(state, view, at, settings)
  const failure = barred(view, ask)
  if (failure) {
    const same = work.failure?.refusal.detail === failure.refusal.detail && work.failure.state === failure.state
    return reportOrSleep(same ? state : withWork(state, { ...work, failure }), view, at, settings)
  }
  const { digest, name, size, location } = ask.ask.livepatch
  const ready = work.failure ? withWork(state, { ...work, failure: null }) : state
  return { state: ready, effects: [{ do: 'fetch', digest, name, size, location }] }
}
