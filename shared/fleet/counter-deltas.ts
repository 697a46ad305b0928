import type { Host } from './host.ts'

/** A step of one counter; never 0. Which shard it goes to follows from the host's bucket. */
export type CounterDelta =
  /** `fresh`: those of the cohort that carry nothing from before their boot. */
  | { readonly counter: 'cohort' | 'fresh'; readonly cohort: string; readonly by: number }
  | { readonly counter: 'state'; readonly change: string; readonly state: string; readonly by: number }

const countedIn = (host: Host, by: number): CounterDelta[] => [
  ...(host.stackDigest === null ? [] : [{ counter: 'cohort' as const, cohort: host.stackDigest, by }]),
  ...(host.stackDigest === null || !host.fresh ? [] : [{ counter: 'fresh' as const, cohort: host.stackDigest, by }]),
  ...(host.change === null ? [] : [{ counter: 'state' as const, change: host.change, state: host.state, by }]),
]

const isSame = (a: CounterDelta, b: CounterDelta): boolean =>
  a.counter === 'state'
    ? b.counter === 'state' && a.change === b.change && a.state === b.state
    : a.counter === b.counter && a.cohort === b.cohort

/**
 * How the counters move when a host does: out of what it was counted in, into what it is counted in now. A host is counted in
 * the cohort of its stack once it has reported one, and under the change that its state answers. Null before: it is new.
 */
export const counterDeltas = (before: Host | null, after: Host): readonly CounterDelta[] => {
  const left = before ? countedIn(before, -1) : []
  const entered = countedIn(after, 1)
  return [
    ...left.filter(delta => !entered.some(other => isSame(delta, other))),
    ...entered.filter(delta => !left.some(other => isSame(delta, other))),
  ]
}
