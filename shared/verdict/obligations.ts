import { CALLBACK_KINDS, type CallbackKind, compareVersions, type Manifest, objectName, type PatchedObject } from '../livepatch/index.ts'

/**
 * Obligations: what a replaced livepatch would have undone, had it been disabled.
 *
 * On an atomic replace the kernel runs the callbacks of the new livepatch only; those of the replaced ones are ignored without a
 * log line (kernel/livepatch/transition.c: klp_complete_transition, Documentation/livepatch/cumulative-patches.rst, "Limitations").
 * So every callback of a replaced livepatch that would have undone something becomes an obligation, once per object on which its
 * pre_patch and post_patch ran, which are vmlinux and the modules that are loaded. A callback that nothing of its own livepatch
 * undoes is an obligation too: not even disabling that livepatch would take its effect back.
 *
 * An obligation is met
 * - by `adopts`: the author of the new livepatch says so, naming livepatch, object and callback;
 * - by `state`: the new livepatch declares every system state of the replaced one in the same or a higher version, which is the
 *   promise that its callbacks handle what was changed (Documentation/livepatch/system-state.rst);
 * - by `callbacks` on the same object, but only of a livepatch that is newer in the same series: an older one, or one of another
 *   series, was built without knowing the replaced one, so that its callbacks prove nothing.
 */
export type Obligation = {
  readonly livepatch: string
  readonly object: string | null
  readonly callback: CallbackKind
  /** `<livepatch>:<object|vmlinux>:<callback>`, the form that `adopts` is written in. */
  readonly text: string
  /** What stays on the machine when nobody meets it. */
  readonly leaves: string
  /** `replaced`: by this change. `carried`: by an earlier one, and never met since. */
  readonly origin: 'replaced' | 'carried'
}

export type Met = {
  readonly obligation: Obligation
  /** `itself`: what the livepatch left when it was replaced earlier is its own again. */
  readonly by: 'adopts' | 'state' | 'callbacks' | 'itself' | 'nothing'
}

/** How one livepatch is ordered against another: only the versions of one series have an order. */
export type Order = 'newer' | 'older' | 'same' | 'unrelated'

export const orderOf = (livepatch: Manifest, other: Manifest): Order => {
  if (livepatch.series !== other.series) return 'unrelated'
  const difference = compareVersions(livepatch.version, other.version)
  if (difference === 0) return 'same'
  return difference > 0 ? 'newer' : 'older'
}

/** The callback that takes back what another did (Documentation/livepatch/callbacks.rst). */
const COUNTERPART = { pre_patch: 'post_unpatch', post_patch: 'pre_unpatch', pre_unpatch: 'post_patch', post_unpatch: 'pre_patch' } as const

const APPLYING: readonly CallbackKind[] = ['pre_patch', 'post_patch']
const UNDOING: readonly CallbackKind[] = ['pre_unpatch', 'post_unpatch']

const callbacksOf = (object: PatchedObject): readonly CallbackKind[] => CALLBACK_KINDS.filter(kind => object.callbacks[kind] !== undefined)

/**
 * The pre_patch and post_patch callbacks that nothing undoes. Natural pairs go first; one that is left may pair with the one
 * undoing callback that is left, because authors also undo a post_patch in post_unpatch.
 */
export const unpairedCallbacks = (object: PatchedObject): readonly CallbackKind[] => {
  const present = callbacksOf(object)
  const alone = present.filter(kind => !present.includes(COUNTERPART[kind]))
  const undoing = alone.filter(kind => UNDOING.includes(kind))
  return alone.filter(kind => APPLYING.includes(kind)).slice(undoing.length)
}

/**
 * A livepatch that adopts something of an object takes it back in pre_patch or post_patch, so there these have no effect of their own
 * that would have to be undone. That is what a bridge does.
 */
const takesBack = (livepatch: Manifest, object: PatchedObject): boolean =>
  livepatch.adopts.some(adoption => adoption.object === object.name)

const leavesOf = (livepatch: Manifest, object: PatchedObject, callback: CallbackKind): string => {
  const where = objectName(object.name)
  const symbol = object.callbacks[callback]
  const called = symbol ? `${callback} (${symbol})` : callback
  if (APPLYING.includes(callback)) return `what ${livepatch.name}'s ${called} did to ${where}; nothing in ${livepatch.name} undoes it`
  const applying = callbacksOf(object).filter(kind => APPLYING.includes(kind))
  const partners = applying.filter(kind => kind === COUNTERPART[callback])
  const causes = partners.length > 0 ? partners : applying
  const cause = causes.length === 0 ? `what ${livepatch.name} did` : `what ${livepatch.name}'s ${causes.join(' and ')} did`
  return `${cause} to ${where}, which its ${called} would have undone`
}

const obligation = (livepatch: Manifest, object: PatchedObject, callback: CallbackKind, origin: Obligation['origin']): Obligation => ({
  livepatch: livepatch.name,
  object: object.name,
  callback,
  text: `${livepatch.name}:${objectName(object.name)}:${callback}`,
  leaves: leavesOf(livepatch, object, callback),
  origin,
})

const unpairedUnlessTakenBack = (livepatch: Manifest, object: PatchedObject): readonly CallbackKind[] =>
  takesBack(livepatch, object) ? [] : unpairedCallbacks(object)

/**
 * What a livepatch leaves even when it is disabled: the effects that nothing of its own undoes. They count on every object: a driver
 * that is not loaded now may have been, and when it went nothing was undone.
 */
export const unpairedObligations = (livepatch: Manifest, origin: Obligation['origin'] = 'replaced'): readonly Obligation[] =>
  livepatch.objects.flatMap(object =>
    unpairedUnlessTakenBack(livepatch, object).map(callback => obligation(livepatch, object, callback, origin)),
  )

/** What a livepatch leaves when it is replaced on a machine where `isLoaded` objects are there. */
export const obligationsOf = (
  livepatch: Manifest,
  isLoaded: (object: string) => boolean,
  origin: Obligation['origin'],
): readonly Obligation[] => [
  ...livepatch.objects
    .filter(object => object.name === null || isLoaded(object.name))
    .flatMap(object =>
      callbacksOf(object)
        .filter(kind => UNDOING.includes(kind))
        .map(callback => obligation(livepatch, object, callback, origin)),
    ),
  ...unpairedObligations(livepatch, origin),
]

const takesOverStates = (livepatch: Manifest, replaced: Manifest): boolean =>
  replaced.states.length > 0 &&
  replaced.states.every(old => livepatch.states.some(state => BigInt(state.id) === BigInt(old.id) && state.version >= old.version))

const hasCallbacksOn = (livepatch: Manifest, object: string | null): boolean =>
  livepatch.objects.some(candidate => candidate.name === object && callbacksOf(candidate).length > 0)

/** How `livepatch` meets one obligation that `replaced` leaves. */
export const meet = (livepatch: Manifest, replaced: Manifest, obligation: Obligation): Met => {
  if (livepatch.name === replaced.name) return { obligation, by: 'itself' }
  const adopted = livepatch.adopts.some(
    adoption =>
      adoption.livepatch === obligation.livepatch && adoption.object === obligation.object && adoption.callback === obligation.callback,
  )
  if (adopted) return { obligation, by: 'adopts' }
  if (takesOverStates(livepatch, replaced)) return { obligation, by: 'state' }
  if (orderOf(livepatch, replaced) === 'newer' && hasCallbacksOn(livepatch, obligation.object)) return { obligation, by: 'callbacks' }
  return { obligation, by: 'nothing' }
}

/** What the guard has to know of a machine. */
export type Account = {
  /** Enabled livepatches, oldest first. */
  readonly running: readonly Manifest[]
  /** Livepatches that were replaced since boot, in the order in which that happened, as lineage tells. */
  readonly replacedEarlier: readonly Manifest[]
  /** Livepatches that are still in memory but not enabled: replaced as well, nobody knows when. */
  readonly residents: readonly Manifest[]
  readonly isLoaded: (object: string) => boolean
}

/**
 * Obligations of livepatches that were replaced earlier and that nothing which came after has met. What was loaded then is not known,
 * so every object counts.
 */
const carried = ({ running, replacedEarlier, residents }: Account): readonly (readonly [Manifest, Obligation])[] => {
  const still = (earlier: Manifest, after: readonly Manifest[]): readonly (readonly [Manifest, Obligation])[] =>
    running.some(({ name }) => name === earlier.name)
      ? []
      : obligationsOf(earlier, () => true, 'carried')
          .filter(open => !after.some(later => later.replace && meet(later, earlier, open).by !== 'nothing'))
          .map(open => [earlier, open] as const)
  const told = new Set(replacedEarlier.map(({ name }) => name))
  return [
    ...residents.filter(({ name }) => !told.has(name)).flatMap(earlier => still(earlier, running)),
    ...replacedEarlier.flatMap((earlier, index) => still(earlier, [...replacedEarlier.slice(index + 1), ...running])),
  ]
}

/**
 * Whether a livepatch answers for something on this object that is older than its load: its own from an earlier time, or what it took
 * over from another. That waits if the driver is gone meanwhile.
 */
const tookOver = (livepatch: Manifest, object: string, earlier: readonly Manifest[]): boolean =>
  earlier.some(({ name }) => name === livepatch.name) ||
  earlier.some(other =>
    obligationsOf(other, () => true, 'carried').some(open => open.object === object && meet(livepatch, other, open).by !== 'nothing'),
  )

/**
 * On a bare machine no state of a predecessor is found, and callbacks expect nobody's work: only an explicit statement takes anything
 * over, and only of a livepatch that is there to take over, a cumulative one.
 */
const meetOnBare = (livepatch: Manifest, earlier: Manifest, obligation: Obligation): Met => {
  const { by } = meet(livepatch, earlier, obligation)
  const counts = obligation.origin === 'carried' && (by === 'itself' || (by === 'adopts' && livepatch.replace))
  return { obligation, by: counts ? by : 'nothing' }
}

/**
 * The account of a machine when everything that runs is disabled first, newest first, so that its own callbacks run, and `livepatch` is
 * loaded then. What stays is what nothing undoes: callbacks without a counterpart, what a livepatch answers for on a driver that is gone
 * (its callbacks do not run there), and what was left earlier and never met.
 */
export const accountByDisabling = (livepatch: Manifest, machine: Account): readonly Met[] => {
  const earlier = [...machine.replacedEarlier, ...machine.residents]
  const left = machine.running.flatMap(manifest =>
    obligationsOf(manifest, object => !machine.isLoaded(object) && tookOver(manifest, object, earlier), 'replaced')
      .filter(({ object, callback }) => object !== null || APPLYING.includes(callback))
      .map(open => [manifest, open] as const),
  )
  return [...carried(machine), ...left].map(([manifest, open]) => meetOnBare(livepatch, manifest, open))
}

/**
 * The account of a machine when `livepatch` is loaded: every obligation, and how it is met. One that is not cumulative replaces
 * nothing and so leaves only what was open before, which it does not have to answer for.
 */
export const accountOf = (livepatch: Manifest, machine: Account): readonly Met[] => {
  if (!livepatch.replace) return []
  const earlier = [...machine.replacedEarlier, ...machine.residents]
  const replaced = machine.running.flatMap(manifest =>
    obligationsOf(manifest, object => machine.isLoaded(object) || tookOver(manifest, object, earlier), 'replaced').map(
      open => [manifest, open] as const,
    ),
  )
  return [...carried(machine), ...replaced].map(([manifest, open]) => meet(livepatch, manifest, open))
}
