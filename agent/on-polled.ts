import { digestOf } from '../shared/canonical/index.ts'
import { verifyDirective } from '../shared/rollout/index.ts'
import type { Input, Step } from './effect.ts'
import { refusalOf } from './refusal.ts'
import type { Settings } from './settings.ts'
import { type Agent, change } from './state.ts'

type Of<Type extends Input['type']> = Extract<Input, { type: Type }>

/** Hosts spread their polls by a tenth of the interval to either side, so that they never fall into step. */
const SPREAD = 0.2
/** While the control plane is away a host asks ever less often, at most once in five minutes. */
const BACKOFF_SECONDS_MAX = 300
const MISSES_MAX = 10

const spread = (seconds: number, jitter: number): number => seconds * (1 - SPREAD / 2 + SPREAD * jitter)

const intervalOf = ({ durable }: Agent): number => durable.accepted?.directive.pollSeconds ?? durable.pollSeconds

/** When to poll again; after misses the wait doubles and is drawn from its whole length, so that hosts come back scattered. */
export const nextPollAt = (agent: Agent, misses: number, at: number, jitter: number): number => {
  const interval = intervalOf(agent)
  if (misses === 0) return at + spread(interval, jitter) * 1000
  const backoff = Math.max(interval, Math.min(BACKOFF_SECONDS_MAX, interval * 2 ** Math.min(misses, MISSES_MAX)))
  return at + Math.max(interval, backoff * jitter) * 1000
}

const reached = (agent: Agent, { at, jitter }: { readonly at: number; readonly jitter: number }): Step<Agent> => ({
  state: { ...agent, misses: 0, pollAt: nextPollAt(agent, 0, at, jitter) },
  effects: [{ do: 'observe' }],
})

/** A document came. It is followed only if everything about it holds; otherwise the one accepted before stays in force. */
export const onPolled = (agent: Agent, input: Of<'polled'>, { fleet }: Settings): Step<Agent> => {
  const { durable } = agent
  const verified = verifyDirective(input.document, {
    keys: new Map(Object.entries(durable.directiveKeys)),
    fleet,
    lastVersion: durable.accepted?.directive.version ?? 0,
    lastDigest: durable.accepted?.digest ?? null,
    now: input.at,
  })
  if (!verified.ok) {
    return reached(change(agent, { directiveRefusal: refusalOf(verified.refused, verified.detail) }), input)
  }
  const accepted = { directive: verified.directive, digest: digestOf(verified.directive), etag: input.etag }
  return reached(change(agent, { accepted, directiveRefusal: null }), input)
}

/** The accepted directive still stands, unless its time is over. */
export const onUnchanged = (agent: Agent, input: Of<'unchanged'>): Step<Agent> => {
  const directive = agent.durable.accepted?.directive
  if (!directive || directive.expiresAt > input.at || agent.durable.directiveRefusal) return reached(agent, input)
  const detail = `the directive of version ${directive.version} has expired and no newer one is offered`
  return reached(change(agent, { directiveRefusal: { code: 'expired-directive', detail } }), input)
}

/** The control plane is gone or does not let this host in: it stays as it is, and goes on looking after what it has begun. */
export const onUnreachable = (agent: Agent, { at, jitter }: Of<'unreachable'>): Step<Agent> => {
  const misses = agent.misses + 1
  return { state: { ...agent, misses, pollAt: nextPollAt(agent, misses, at, jitter) }, effects: [{ do: 'observe' }] }
}
