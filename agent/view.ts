import type { HostState } from '../shared/fleet/index.ts'
import { type Stack, type StackEntry, stackDigest } from '../shared/kernel/index.ts'
import type { Observation } from './kernel.ts'
import type { AgentState, Work } from './state.ts'

/** One look at the machine: the stack as it is reported, with the digests that the agent knows. */
export type View = Omit<Observation, 'stack'> & {
  readonly stack: Stack
  readonly digest: string
  /** The clearance with which this agent forced a transition in this boot; null: it has not. */
  readonly forcedBy: { readonly clearance: string; readonly change: string } | null
}

export const viewOf = (observation: Observation, { loaded, forcedBoot, usedClearance }: AgentState): View => {
  const { stack } = observation
  const own = loaded.bootId === observation.bootId ? loaded.digests : {}
  const known = <Entry extends { readonly name: string; readonly digest: string | null }>(entry: Entry): Entry => ({
    ...entry,
    digest: entry.digest ?? own[entry.name] ?? null,
  })
  const forcedBy =
    usedClearance && usedClearance.outcome !== 'refused' && usedClearance.bootId === observation.bootId ? usedClearance : null
  // What showed it may be gone by now, such as a line of the log; that it was forced stays true until the machine reboots.
  const forced = stack.forced || forcedBoot === observation.bootId || forcedBy !== null
  const named = { ...stack, forced, livepatches: stack.livepatches.map(known), resident: stack.resident.map(known) }
  return { ...observation, stack: named, digest: stackDigest(named), forcedBy }
}

export const entryOf = ({ stack }: View, livepatch: string): StackEntry | undefined =>
  stack.livepatches.find(({ digest }) => digest === livepatch)

/**
 * The livepatch that the host works on, where it is there. By the route that disables, it may be one of those that are disabled first, and
 * loaded again; then it is not meant before that load.
 */
export const ownEntry = (view: View, { livepatch, route, way }: Pick<Work, 'livepatch' | 'route' | 'way'>): StackEntry | undefined => {
  const entry = entryOf(view, livepatch.digest)
  if (route === 'replace' || entry === undefined) return entry
  const isThere = way?.bootId === view.bootId ? way.loading : view.stack.livepatches.length === 1
  return isThere ? entry : undefined
}

export type OnTheWay = Work & { readonly way: NonNullable<Work['way']> }

/** On the route disable-then-load, begun in this boot, and the new livepatch is not there yet. */
export const isOnTheWay = (work: Work | null, view: View): work is OnTheWay =>
  work !== null && work.way !== null && work.way.bootId === view.bootId && work.way.until === null && ownEntry(view, work) === undefined

/** Whether anything of what it disables is gone, or going: the host runs without. */
export const isExposed = ({ way }: OnTheWay, { stack }: View): boolean =>
  way.loading || !way.disables.every(name => stack.livepatches.some(entry => entry.name === name && entry.enabled && !entry.transition))

export const isMoving = ({ stack }: View): boolean => stack.livepatches.some(({ transition }) => transition)

/** What of a livepatch is not in force on this machine: loaded objects that are not patched, functions that ftrace does not divert. */
export const unprovenOf = ({ stack, patched, unhooked }: View, name: string): readonly string[] => [
  ...Object.entries(patched[name] ?? {}).flatMap(([object, is]) =>
    is === false && (object === 'vmlinux' || stack.targets.includes(object)) ? [object] : [],
  ),
  ...(unhooked?.[name] ?? []),
]

/**
 * Applied means proven: enabled, no transition left, every object that is loaded patched, and ftrace attached to every function of
 * them. Kernels before 6.1 do not tell the third, and the last can be read only where tracefs is mounted; there the others have to do.
 */
export const isProven = (view: View, { name, enabled, transition }: StackEntry): boolean =>
  enabled && !transition && unprovenOf(view, name).length === 0

/** Whether what was loaded has not been proven for longer than a transition takes. */
export const hasStalled = ({ movingSince }: Work, at: number, stallSecondsMax: number): boolean =>
  movingSince !== null && at - movingSince >= stallSecondsMax * 1000

const ofEntry = (view: View, entry: StackEntry, work: Work, at: number, stallSecondsMax: number): HostState => {
  if (isProven(view, entry)) return view.forcedBy?.change === work.change ? 'forced' : 'applied'
  if (!entry.enabled) return 'reversing'
  return hasStalled(work, at, stallSecondsMax) ? 'transition-stalled' : 'in-transition'
}

/** The state that a host is in for the change that it works on. */
export const hostState = (view: View, work: Work | null, at: number, stallSecondsMax: number): HostState => {
  if (!work) return 'unapplied'
  const entry = ownEntry(view, work)
  if (entry) return ofEntry(view, entry, work, at, stallSecondsMax)
  if (isOnTheWay(work, view) && isExposed(work, view) && (work.failure === null || work.failure.state === 'pending'))
    return hasStalled(work, at, stallSecondsMax) ? 'transition-stalled' : 'between'
  if (work.failure) return work.failure.state
  if (work.loadedAt === null) return 'pending'
  return view.stack.livepatches.some(({ enabled }) => enabled) ? 'superseded' : 'unapplied'
}
