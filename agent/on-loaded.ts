import type { Input, Step } from './effect.ts'
import { refusalOf } from './refusal.ts'
import { type Agent, change } from './state.ts'

type Loaded = Extract<Input, { type: 'loaded' }>

const without = (digests: Readonly<Record<string, string>>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(digests).filter(([key]) => key !== name))

/** insmod came back. Success means that the transition has begun, no more; what came of it is read from the machine. */
export const onLoaded = (agent: Agent, { at, result, detail }: Loaded): Step<Agent> => {
  const { work, loaded } = agent.durable
  if (!work) return { state: agent, effects: [{ do: 'observe' }] }
  if (result === 'OK') return { state: change(agent, { work: { ...work, loadedAt: at, failure: null } }), effects: [{ do: 'observe' }] }
  const refusal = refusalOf('kernel-refused', `${result}: ${detail}`)
  return {
    state: change(
      { ...agent, resting: true },
      {
        work: { ...work, failure: { state: 'apply-failed', refusal } },
        loaded: { ...loaded, digests: without(loaded.digests, work.livepatch.name) },
      },
    ),
    effects: [{ do: 'observe' }],
  }
}
