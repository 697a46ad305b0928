import type { Input, Step } from './effect.ts'
import { mayFinish, nextStep } from './on-the-way.ts'
import { barred, type OpenAsk, openAsk } from './open-ask.ts'
import { refusalOf } from './refusal.ts'
import { reportOrSleep } from './report.ts'
import type { Settings } from './settings.ts'
import { type Agent, change, type Work } from './state.ts'
import { isExposed, isMoving, isOnTheWay, isProven, type OnTheWay, ownEntry, type View, viewOf } from './view.ts'

type Observed = Extract<Input, { type: 'observed' }>

const begun = ({ durable }: Agent, { version, ask }: OpenAsk): Work => {
  const { work } = durable
  const fresh: Work = {
    change: ask.change,
    livepatch: { digest: ask.livepatch.digest, name: ask.livepatch.name },
    route: ask.route,
    way: null,
    directiveVersion: version,
    loadedAt: null,
    movingSince: null,
    attempts: 0,
    failure: null,
  }
  if (work?.change !== ask.change || work.livepatch.digest !== ask.livepatch.digest) return fresh
  return work.directiveVersion < version && work.failure ? { ...work, directiveVersion: version, attempts: 0, failure: null } : work
}

/**
 * Remembers since when it has been loaded without being proven, which is a transition as a rule, or since when the transition of what it
 * disables is open; forgets it when that is over.
 */
const timed = (work: Work, view: View, at: number): Work => {
  const entry = ownEntry(view, work)
  const moving = entry === undefined ? isOnTheWay(work, view) && isMoving(view) : !isProven(view, entry)
  if (!moving) return work.movingSince === null ? work : { ...work, movingSince: null }
  return work.movingSince === null ? { ...work, movingSince: at } : work
}

/** Whoever has arrived is on the way no more, and so is whoever has rebooted. */
const arrived = (work: Work, view: View, at: number): Work => {
  const { way } = work
  if (way === null || way.until !== null) return work
  if (way.bootId !== view.bootId) return { ...work, way: null }
  const entry = ownEntry(view, work)
  return entry && isProven(view, entry) ? { ...work, way: { ...way, until: at } } : work
}

const withWork = (agent: Agent, work: Work): Agent => (work === agent.durable.work ? agent : change(agent, { work }))

/** A refusal that rests on the stack alone is looked at anew each time: the stack may have come back. */
const mayGoOn = ({ resting }: Agent, { failure }: Work): boolean =>
  !resting && (failure === null || failure.state === 'pending' || failure.refusal.code === 'stack-not-admitted')

/** A forced transition is never forgotten before the machine reboots, whatever restarts in between. */
const remembering = (agent: Agent, { bootId }: View): Agent =>
  agent.durable.forcedBoot === bootId ? agent : change(agent, { forcedBoot: bootId })

const failed = (agent: Agent, work: Work, failure: NonNullable<Work['failure']>): Agent => {
  const same = work.failure?.refusal.detail === failure.refusal.detail && work.failure.state === failure.state
  return same ? agent : withWork(agent, { ...work, failure })
}

/** The file was kept when the host set out; it is checked again like any other. */
const fetching = (agent: Agent, view: View, at: number, settings: Settings): Step<Agent> => {
  const ask = agent.durable.accepted?.directive.ask
  if (!ask) return reportOrSleep(agent, view, at, settings)
  const { digest, name, size, location } = ask.livepatch
  return { state: agent, effects: [{ do: 'fetch', digest, name, size, location }] }
}

/** The next step of a host that disables what it runs before it loads. Where it may not go on, it stands; nothing was disabled, nothing was begun. */
const goOn = (agent: Agent, work: OnTheWay, ask: OpenAsk | null, view: View, at: number, settings: Settings): Step<Agent> => {
  const stand = (state: Agent): Step<Agent> => reportOrSleep(state, view, at, settings)
  if (!isExposed(work, view) && !ask) return stand(withWork(agent, { ...work, way: null }))
  if (!mayFinish(agent.durable, at) || !mayGoOn(agent, work)) return stand(agent)
  const step = nextStep(work, view)
  switch (step.next) {
    case 'wait':
      return stand(agent)
    case 'lost':
      return stand(failed(agent, work, { state: 'quarantined', refusal: refusalOf('stack-not-admitted', step.detail) }))
    case 'load':
      return fetching(agent, view, at, settings)
    default:
      return { state: agent, effects: [{ do: step.next, name: step.name }] }
  }
}

/** What the machine runs is known: go on with what the directive asks, or tell how things stand. */
export const onObserved = (before: Agent, { at, observation }: Observed, settings: Settings): Step<Agent> => {
  const view = viewOf(observation, before.durable)
  const agent = view.stack.forced ? remembering(before, view) : before
  const ask = openAsk(agent.durable, settings, at)
  const current = ask ? begun(agent, ask) : agent.durable.work
  if (!current) return reportOrSleep(agent, view, at, settings)
  const work = arrived(timed(current, view, at), view, at)
  const state = withWork(agent, work)
  if (isOnTheWay(work, view)) return goOn(state, work, ask, view, at, settings)
  if (!ask || ownEntry(view, work) || isMoving(view) || !mayGoOn(agent, work)) return reportOrSleep(state, view, at, settings)
  const failure = barred(view, ask)
  if (failure) return reportOrSleep(failed(state, work, failure), view, at, settings)
  return fetching(work.failure ? withWork(state, { ...work, failure: null }) : state, view, at, settings)
}
