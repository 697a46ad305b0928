import { verifyStopOrder } from '../shared/rollout/index.ts'
import type { Input, Step } from './effect.ts'
import { refusalOf } from './refusal.ts'
import { type Agent, change } from './state.ts'

type StopPolled = Extract<Input, { type: 'stop-polled' }>

const heard = (agent: Agent, { answer }: StopPolled): Agent => {
  const { stop, stopRefusal, directiveKeys } = agent.durable
  // A stop that was accepted stands until a newer order or its end lifts it: whoever withholds the file lifts nothing.
  if (answer.is === 'absent') return stopRefusal ? change(agent, { stopRefusal: null }) : agent
  if (answer.is !== 'document') return agent
  const verified = verifyStopOrder(answer.document, {
    keys: new Map(Object.entries(directiveKeys)),
    last: stop ? { version: stop.order.version, digest: stop.digest } : null,
  })
  if (!verified.ok) return change(agent, { stopRefusal: refusalOf(verified.refused, verified.detail) })
  return change(agent, { stop: { order: verified.order, digest: verified.digest }, stopRefusal: null })
}

/** What came of asking for the stop order; the directive is asked for next, whatever it was. */
export const onStopPolled = (agent: Agent, input: StopPolled): Step<Agent> => {
  const state = heard(agent, input)
  return { state, effects: [{ do: 'poll', etag: state.durable.accepted?.etag ?? null }] }
}
