import { digestOf } from '../shared/canonical/index.ts'
import type { Report, TransitionEvidence } from '../shared/fleet/index.ts'
import type { Step } from './effect.ts'
import { stoppedBetween } from './on-the-way.ts'
import { stoppedFrom } from './open-ask.ts'
import type { Settings } from './settings.ts'
import { type Agent, change } from './state.ts'
import { hasStalled, hostState, isMoving, isOnTheWay, isProven, ownEntry, type View } from './view.ts'

type Standing = Pick<Report, 'state' | 'change' | 'refusal'>

const standing = ({ durable }: Agent, view: View, at: number, settings: Settings): Standing => {
  const { work, directiveRefusal, stopRefusal } = durable
  const state = hostState(view, work, at, settings.stallSecondsMax)
  const stopped = stoppedBetween(durable, view, at) ?? stoppedFrom(durable, view, settings, at)
  return {
    state,
    change: work?.change ?? null,
    refusal: directiveRefusal ?? stopRefusal ?? stopped ?? (state === 'applied' ? null : (work?.failure?.refusal ?? null)),
  }
}

/** Whom a transition waits for, without what changes from one look to the next. */
const waitedFor = ({ livepatch, direction, waiting, tasks, unproven }: TransitionEvidence) => ({
  livepatch,
  direction,
  waiting,
  tasks: tasks.map(({ pid, name, functions }) => ({ pid, name, functions })),
  unproven,
})

/** What makes a report worth sending: how the host stands and what it runs; not its number, its time, or the directive's version. */
export const essenceOf = ({ state, change: answers, refusal, stack, bootId, transition, between }: Report): string =>
  digestOf({ state, answers, refusal, stack, bootId, between: between ?? null, transition: transition ? waitedFor(transition) : null })

/** Whether what the host works on has been loaded for long and is still not proven. */
const isStalled = ({ durable: { work } }: Agent, view: View, at: number, { stallSecondsMax }: Settings): boolean => {
  if (work === null || !hasStalled(work, at, stallSecondsMax)) return false
  const entry = ownEntry(view, work)
  return entry === undefined ? isOnTheWay(work, view) && isMoving(view) : !isProven(view, entry)
}

/** States in which the machine is looked at more often than the control plane is asked. */
const isUnderway = ({ state, refusal }: Standing, view: View): boolean =>
  (state === 'between' && refusal?.code !== 'stopped') ||
  state === 'in-transition' ||
  state === 'transition-stalled' ||
  state === 'reversing' ||
  view.stack.livepatches.some(({ transition }) => transition)

export const sleepAfter = (agent: Agent, underway: boolean, at: number, { watchSeconds }: Settings): Step<Agent> => ({
  state: agent,
  effects: [{ do: 'sleep', until: underway ? Math.min(agent.pollAt, at + watchSeconds * 1000) : agent.pollAt, idle: !underway }],
})

/** When the host ran without what it disabled; of its way in this boot only. */
const betweenOf = ({ durable: { work } }: Agent, { bootId }: View): Report['between'] => {
  if (!work?.way || work.way.bootId !== bootId) return undefined
  const { since, until, disables } = work.way
  return { since, until, disables }
}

/** Reports what is new, after it has found out what a stalled transition waits for, or that the host is still there; otherwise sleeps. */
export const reportOrSleep = (agent: Agent, view: View, at: number, settings: Settings): Step<Agent> => {
  const { durable, evidence } = agent
  const stalled = isStalled(agent, view, at, settings)
  if (stalled && (!evidence || at - evidence.at >= settings.explainSeconds * 1000)) return { state: agent, effects: [{ do: 'explain' }] }
  const now = standing(agent, view, at, settings)
  const between = betweenOf(agent, view)
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
    ...(stalled && evidence ? { transition: evidence } : {}),
    ...(now.state === 'forced' && view.forcedBy ? { clearance: view.forcedBy.clearance } : {}),
    ...(between && { between }),
  }
  const { reported } = durable
  const quiet = reported !== null && reported.essence === essenceOf(report) && at - reported.at < settings.heartbeatSeconds * 1000
  if (quiet) return sleepAfter(agent, isUnderway(now, view), at, settings)
  return { state: change(agent, { sequence: report.sequence }), effects: [{ do: 'report', report }] }
}
