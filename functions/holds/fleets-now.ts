import type { Change } from '../../shared/change/index.ts'
import type { Ports } from '../ports.ts'
import { inParallel } from './in-parallel.ts'

/** A fleet as it stands: the change that is under way there, and the one that its directive asks for. */
export type FleetNow = { readonly fleet: string; readonly active: Change | null; readonly asking: string | null }

type FleetsPorts = Pick<Ports, 'ledger' | 'fleets'>

/** Fleets at a time: enough to stop a thousand in seconds, and few enough for one function's connections. */
export const FLEETS_IN_PARALLEL = 16

/**
 * Does something for each fleet (null: all that there are). Which change is under way is read from the fleets' locks, strongly consistent: a change
 * that begins later finds every hold that was placed before. No listing of changes could promise that.
 */
export const eachFleet = async <R>(
  ports: FleetsPorts,
  one: string | null,
  work: (fleet: FleetNow) => Promise<R>,
): Promise<readonly R[]> => {
  const fleets = one === null ? await ports.fleets.ids() : [one]
  const active = await ports.ledger.activeChanges(fleets)
  return inParallel(fleets, FLEETS_IN_PARALLEL, async fleet => {
    const id = active.get(fleet)
    const [loaded, signed] = await Promise.all([id === undefined ? null : ports.ledger.loadChange(id), ports.fleets.directive(fleet)])
    return work({ fleet, active: loaded?.change ?? null, asking: signed?.directive.ask?.change ?? null })
  })
}

const MOVING: readonly string[] = ['in-transition', 'transition-stalled', 'reversing', 'between']

/** Hosts of a fleet whose tasks are just moving: no stop reaches into a transition that has begun. */
export const hostsInTransition = async ({ fleets }: FleetsPorts, { fleet, active, asking }: FleetNow): Promise<number> => {
  const change = active?.rollout ? active.id : asking
  const slots = change === null ? [] : await fleets.slots(fleet, change)
  return slots.flatMap(({ states }) => MOVING.map(state => states[state] ?? 0)).reduce((sum, hosts) => sum + hosts, 0)
}
