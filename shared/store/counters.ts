import { type CounterDelta, counterDeltas, type Host } from '../fleet/index.ts'
import { SLOTS, slotOf } from '../rollout/index.ts'
import { slotKey } from './fleet-items.ts'
import { count, type Item, type Key, keyText, text } from './item.ts'
import type { SlotCounts } from './ports.ts'
import type { Table, Write } from './table.ts'

/*
 * Counters move in the transaction that moves the host, so they are exact. They are sharded by slot: a batch that is sorted
 * by slot touches few of them, and two batches rarely the same.
 */

const COHORT_SHARDS = 10

export const enrolledOf = (fleet: string): string => `enrolled#${fleet}`
export const cohortsOf = (fleet: string): string => `cohorts#${fleet}`
export const progressOf = (fleet: string, change: string): string => `progress#${fleet}#${change}`

/** Steps of one counter item, by attribute. */
type Steps = { readonly key: Key; readonly by: Map<string, number> }
export type CounterSteps = ReadonlyMap<string, Steps>

const keyOf = (host: Host, delta: CounterDelta): Key => {
  const slot = slotOf(host.bucket)
  return delta.counter === 'state'
    ? { pk: progressOf(host.fleet, delta.change), sk: slotKey(slot) }
    : { pk: cohortsOf(host.fleet), sk: `${delta.cohort}#${Math.floor((slot * COHORT_SHARDS) / SLOTS)}` }
}

const ATTRIBUTES = { cohort: 'hosts', fresh: 'fresh' } as const
const attributeOf = (delta: CounterDelta): string => (delta.counter === 'state' ? delta.state : ATTRIBUTES[delta.counter])

/** Adds the steps of one more host; returns new steps, the old ones stay as they are. */
export const withSteps = (steps: CounterSteps, before: Host | null, after: Host): CounterSteps => {
  const next = new Map(steps)
  for (const delta of counterDeltas(before, after)) {
    const key = keyOf(after, delta)
    const name = keyText(key)
    const by = new Map(next.get(name)?.by ?? [])
    by.set(attributeOf(delta), (by.get(attributeOf(delta)) ?? 0) + delta.by)
    next.set(name, { key, by })
  }
  return next
}

const moving = ({ by }: Steps): [string, number][] => [...by].filter(([, step]) => step !== 0)

export const addTo = (key: Key, by: readonly (readonly [string, number])[]): Write => ({
  update: key,
  to: {
    text: `ADD ${by.map((_, index) => `#n${index} :n${index}`).join(', ')}`,
    names: Object.fromEntries(by.map(([attribute], index) => [`n${index}`, attribute])),
    values: Object.fromEntries(by.map(([, step], index) => [`n${index}`, step])),
  },
})

/** One write a counter item; none for what cancels out. */
export const counterWrites = (steps: CounterSteps): Write[] =>
  [...steps.values()].flatMap(one => {
    const by = moving(one)
    return by.length === 0 ? [] : [addTo(one.key, by)]
  })

/** Cohort counters that somebody left: they may be empty now. */
export const leftCohorts = (steps: CounterSteps): Key[] =>
  [...steps.values()].filter(({ key, by }) => key.pk.startsWith('cohorts#') && (by.get('hosts') ?? 0) < 0).map(({ key }) => key)

/** Takes a counter away if it counts nobody; it comes back with the next host. Without this, every stack of the past would be read for ever. */
export const dropEmpty = async (table: Table, key: Key): Promise<void> => {
  await table.write({ remove: key, if: { text: '#hosts = :none', names: { hosts: 'hosts' }, values: { none: 0 } } })
}

export const enrolledHosts = async (table: Table, fleet: string): Promise<number> =>
  (await table.partition(enrolledOf(fleet))).reduce((sum, item) => sum + count(item, 'hosts'), 0)

/** Hosts by cohort and the fresh ones among them, summed over the shards; cohorts of nobody are left out. */
export const cohortSizes = async (table: Table, fleet: string): Promise<ReadonlyMap<string, { hosts: number; fresh: number }>> => {
  const sums = new Map<string, { hosts: number; fresh: number }>()
  for (const item of await table.partition(cohortsOf(fleet))) {
    const cohort = text(item, 'sk').split('#')[0] ?? ''
    const { hosts, fresh } = sums.get(cohort) ?? { hosts: 0, fresh: 0 }
    sums.set(cohort, { hosts: hosts + count(item, 'hosts'), fresh: fresh + count(item, 'fresh') })
  }
  return new Map([...sums].filter(([, { hosts }]) => hosts > 0))
}

const statesOf = (item: Item): Record<string, number> =>
  Object.fromEntries(
    Object.keys(item)
      .filter(name => name !== 'pk' && name !== 'sk' && count(item, name) > 0)
      .map(name => [name, count(item, name)] as const),
  )

/** Every slot that has hosts: how many are enrolled, and those that answer to the change by state. */
export const slotCounts = async (table: Table, fleet: string, change: string): Promise<readonly SlotCounts[]> => {
  const [enrolled, progress] = await Promise.all([table.partition(enrolledOf(fleet)), table.partition(progressOf(fleet, change))])
  const states = new Map(progress.map(item => [text(item, 'sk'), statesOf(item)]))
  return enrolled.map(item => ({
    slot: Number(text(item, 'sk').slice('slot#'.length)),
    hosts: count(item, 'hosts'),
    states: states.get(text(item, 'sk')) ?? {},
  }))
}

export const enrolledKey = (host: Host): Key => ({ pk: enrolledOf(host.fleet), sk: slotKey(slotOf(host.bucket)) })
