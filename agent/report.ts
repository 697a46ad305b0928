import { digestOf } from '../shared/canonical/index.ts'
import type { Report } from '../shared/fleet/index.ts'
import type { Step } from './effect.ts'
import { stoppedFrom } from './open-ask.ts'
import type { Settings } from './settings.ts'
import { type Agent, change } from './state.ts'
import { hostState, type View } from './view.ts'

type Standing = Pick<Report, 'state' | 'change' | 'refusal'>

const standing = ({ durable }: Agent, view: View, at: number, settings: Settings): Standing => {
  const { work, directiveRefusal, stopRefusal } = durable
  const state = hostState(view, work, at, settings.stallSecondsMax)
  const heldBack = stoppedFrom(durable, settings, at) ?? work?.failure?.refusal ?? null
  return {
    state,
    change: work?.change ?? null,
    refusal: directiveRefusal ?? stopRefusal ?? (state === 'applied' ? null : heldBack),
  }
}

/** What makes a report worth sending: how the host stands and what it runs; not its number, its time, or the directive's version. */
export const essenceOf = ({ state, change: answers, refusal, stack, bootId }: Report): string =>
  digestOf({ state, answers, refusal, stack, bootId })

/** States in which the machine is looked at more often than the control plane is asked. */
const isUnderway = ({ state }: Standing, view: View): boolean =>
  state === 'in-transition' ||
  state === 'transition-stalled' ||
  state === 'reversing' ||
  view.stack.livepatches.some(({ transition }) => transition)

export const sleepAfter = (agent: Agent, underway: boolean, at: number, { watchSeconds }: Settings): Step<Agent> => ({
  state: agent,
  effects: [{ do: 'sleep', until: underway ? Math.min(agent.pollAt, at + watchSeconds * 1000) : agent.pollAt, idle: !underway }],
})

/** Reports what is new, or that the host is still there; otherwise sleeps. */
export const reportOrSleep = (agent: Agent, view: View, at: number, settings: Settings): Step<Agent> => {
  const { durable } = agent
  const now = standing(agent, view, at, settings)
  const report: Report = {
    schema: 'supersede.report/1',
    host: settings.host,
    fleet: settings.fleet,
    sequence: durable.sequence + 1,
    at,
    bootId: view.bootId,
    ...now,
    stack: view.stack,
    directiveVersion: durable.accepted?.directive.version ?? 0,
  }
  const { reported } = durable
  const quiet = reported !== null && reported.essence === essenceOf(report) && at - reported.at < settings.heartbeatSeconds * 1000
  if (quiet) return sleepAfter(agent, isUnderway(now, view), at, settings)
  return { state: change(agent, { sequence: report.sequence }), effects: [{ do: 'report', report }] }
}
