import type { Stack, StackEntry, Symbols } from '../kernel/index.ts'
import type { Manifest } from '../livepatch/index.ts'
import { type Bridge, smallestBridge } from './bridge.ts'
import { type FunctionChanges, fixChanges, functionChanges, noFunctionChanges } from './function-sets.ts'
import { accountByDisabling, accountOf, type Met, type Order, orderOf } from './obligations.ts'
import { type Replay, replayLoad, replayStack } from './replay.ts'
import { leftByDisabling, type Return, routeByDisabling, wayBackOf } from './routes.ts'
import type { ByDisabling, Route, Verdict } from './verdict.ts'

/** A livepatch that runs, and how the proposed one is ordered against it: `older` means that the proposed one is. */
export type Running = { readonly manifest: Manifest; readonly order: Order }

/** Livepatches by module name, as far as they are known. */
export type Known = ReadonlyMap<string, Manifest>

/** Everything the rules may look at: one livepatch on one distinct stack. */
export type CohortCase = {
  readonly livepatch: Manifest
  readonly cohort: string
  readonly hosts: number
  readonly stack: Stack
  /**
   * `applied`: the hosts run it already and nothing is to be done. `underway`: it is in transition there.
   * `unknown`: the stack holds a livepatch whose manifest is not known. `foreign-kernel`: it was built for another release.
   * `load`: it is to be loaded.
   */
  readonly situation: 'load' | 'applied' | 'underway' | 'unknown' | 'foreign-kernel'
  /** How these hosts get there: where nothing runs, nothing is disabled, whatever was proposed. */
  readonly route: Route
  /** The kernel rules of its release, and whether they were recorded on a real kernel. */
  readonly rules: Verdict['ruleSets'][string] | undefined
  /** Enabled livepatches but the proposed one, oldest first; with it where it is disabled with the others and loaded again. */
  readonly running: readonly Running[]
  /** The same and those that are being disabled: whatever /sys/kernel/livepatch lists besides the proposed one. */
  readonly listed: readonly Manifest[]
  /** Livepatches that are no longer enabled but still in memory, as far as they are known. */
  readonly residents: readonly Manifest[]
  /** Livepatches of the stack whose manifest is not known. */
  readonly unknown: readonly string[]
  /** Livepatches that somebody else loaded, taken to be the known ones of the same name. */
  readonly assumed: readonly string[]
  /** Resident modules that make way before the load because they carry the livepatch's name and nothing holds them. */
  readonly removedFirst: readonly string[]
  /** Null where nothing was replayed. */
  readonly replay: Replay | null
  readonly functions: FunctionChanges
  readonly fixes: { readonly gained: string[]; readonly lost: string[] }
  /** Every obligation that the load leaves, and how it is met. */
  readonly account: readonly Met[]
  /** Leftovers that an emergency accepts by name (leftoverOf); they stay open. */
  readonly accepts: ReadonlySet<string>
  readonly downgrade: boolean
  readonly wayBack: Return
  /** The smallest bridge that would close it, where the account holds something open; it fits hosts with any modules loaded. */
  readonly bridge: Bridge | null
  /** The way there by disabling, where it is the route, or where the account holds something open; else null. */
  readonly byDisabling: ByDisabling | null
}

/**
 * One distinct stack, how many hosts have it, and the livepatches that lineage knows to have been replaced there since boot, in that
 * order. Where lineage is not asked, livepatch modules that are resident without being enabled count as replaced: one that was disabled
 * ran its own callbacks and leaves nothing, so whoever disables a livepatch removes its module.
 */
export type Cohort = { readonly stack: Stack; readonly hosts: number; readonly replacedEarlier?: readonly string[] | undefined }

/** All hosts with one stack, and the different pasts that lead to it: names of livepatches that were replaced, in order; null: not known. */
export type DistinctCohort = {
  readonly digest: string
  readonly stack: Stack
  readonly hosts: number
  readonly pasts: readonly (readonly string[] | null)[]
  /** What is known of its kernel's functions. */
  readonly symbols?: Symbols | undefined
}

const manifestFor = (entry: Pick<StackEntry, 'name' | 'digest'>, known: Known): Manifest | undefined => {
  const manifest = known.get(entry.name)
  return manifest && (entry.digest === null || entry.digest === manifest.digest) ? manifest : undefined
}

const situationOf = ({ livepatch, route }: Question, stack: Stack, unknown: readonly string[]): CohortCase['situation'] => {
  if (livepatch.kernelRelease !== stack.kernelRelease) return 'foreign-kernel'
  const own = stack.livepatches.find(({ name, digest }) => name === livepatch.name && digest === livepatch.digest)
  if (own?.enabled && own.transition) return 'underway'
  const staysBelow = !livepatch.replace && route === 'replace'
  if (own?.enabled && (staysBelow || stack.livepatches.length === 1)) return 'applied'
  return unknown.length > 0 ? 'unknown' : 'load'
}

const nothingToGoBackFrom: Return = { way: 'replace', reasons: [], byDisabling: null }

type LoadCase = Pick<CohortCase, 'removedFirst' | 'replay' | 'functions' | 'fixes' | 'account' | 'wayBack' | 'bridge' | 'byDisabling'>

const notLoaded = (): LoadCase => ({
  removedFirst: [],
  replay: null,
  functions: noFunctionChanges(),
  fixes: { gained: [], lost: [] },
  account: [],
  wayBack: nothingToGoBackFrom,
  bridge: null,
  byDisabling: null,
})

/** The accounts of all pasts in one; what is open in any of them is open. */
const accountOfPasts = (
  { livepatch, known }: Question,
  { stack, pasts }: DistinctCohort,
  running: readonly Manifest[],
  isLoaded: (object: string) => boolean,
  accountBy: typeof accountOf = accountOf,
): readonly Met[] => {
  const inMemory = stack.resident.flatMap(entry => manifestFor(entry, known) ?? [])
  const entries = pasts.flatMap(past => {
    const residents = past === null ? inMemory : []
    const replacedEarlier = (past ?? []).flatMap(name => known.get(name) ?? [])
    return accountBy(livepatch, { running, replacedEarlier, residents, isLoaded })
  })
  return [...new Map(entries.map(met => [`${met.obligation.text} ${met.obligation.origin}`, met])).values()]
}

const loadCase = (asked: Question, cohort: DistinctCohort, manifests: readonly Manifest[]): LoadCase => {
  const { livepatch, known } = asked
  const { stack } = cohort
  const loaded = new Set(stack.targets)
  const isLoaded = (object: string): boolean => loaded.has(object)
  const all = [...stack.livepatches, ...stack.resident].flatMap(entry => manifestFor(entry, known) ?? [])
  const removedFirst = stack.resident.filter(({ name, refcnt }) => name === livepatch.name && refcnt === 0).map(({ name }) => name)
  const { replay, machine } = replayLoad(livepatch, { stack, manifests: all, without: removedFirst, symbols: cohort.symbols })
  const account = accountOfPasts(asked, cohort, manifests, isLoaded)
  const open = account.some(({ by }) => by === 'nothing')
  return {
    removedFirst,
    replay,
    ...changesOf(asked, manifests),
    account,
    wayBack: replay.result === 'OK' ? wayBackOf(livepatch, manifests, machine, isLoaded) : nothingToGoBackFrom,
    bridge: open
      ? smallestBridge(
          livepatch,
          manifests,
          accountOfPasts(asked, cohort, manifests, () => true),
        )
      : null,
    byDisabling: open ? byDisablingOf(asked, cohort, manifests).route : null,
  }
}

/** Every livepatch of the stack, disabled newest first, and the proposed one loaded then. */
const byDisablingOf = (asked: Question, cohort: DistinctCohort, manifests: readonly Manifest[]) => {
  const { stack, symbols } = cohort
  const loaded = new Set(stack.targets)
  const account = accountOfPasts(asked, cohort, manifests, object => loaded.has(object), accountByDisabling)
  const all = [...stack.livepatches, ...stack.resident].flatMap(entry => manifestFor(entry, asked.known) ?? [])
  return { account, ...routeByDisabling(replayStack(stack, all, symbols), manifests, [asked.livepatch], leftByDisabling(account)) }
}

const routeCase = (asked: Question, cohort: DistinctCohort, manifests: readonly Manifest[]): LoadCase => {
  const { livepatch } = asked
  const { stack } = cohort
  const loaded = new Set(stack.targets)
  const { account, route, walk } = byDisablingOf(asked, cohort, manifests)
  const back = manifests.filter(({ digest }) => digest !== livepatch.digest)
  return {
    removedFirst: stack.resident.filter(({ name, refcnt }) => name === livepatch.name && refcnt === 0).map(({ name }) => name),
    replay: walk.replay,
    ...changesOf(asked, manifests),
    account,
    wayBack: walk.refused === null ? wayBackOf(livepatch, back, walk.machine, object => loaded.has(object)) : nothingToGoBackFrom,
    bridge: null,
    byDisabling: route,
  }
}

/**
 * Modules whose presence can make a difference to a load and to what it leaves: those for which some livepatch has callbacks, and those
 * that carry a livepatch's name. Functions of a module make none, because they are all taken to exist.
 */
const relevantModules = (livepatch: Manifest, known: Known): ReadonlySet<string> => {
  const relevant = new Set<string>()
  for (const { name, objects } of [livepatch, ...known.values()]) {
    relevant.add(name)
    for (const object of objects) if (object.name !== null && Object.keys(object.callbacks).length > 0) relevant.add(object.name)
  }
  return relevant
}

/** One livepatch asked about on many stacks. Stacks that differ in nothing that matters to a load are worked out once. */
export type Question = {
  readonly livepatch: Manifest
  readonly known: Known
  readonly accepts: ReadonlySet<string>
  readonly relevant: ReadonlySet<string>
  readonly route: Route
  readonly ruleSets: Verdict['ruleSets']
  readonly answered: Map<string, LoadCase>
  /** What a load changes of functions and fixes, by what runs: it does not depend on anything else of a stack. */
  readonly changed: Map<string, Pick<CohortCase, 'functions' | 'fixes'>>
}

export const question = (
  livepatch: Manifest,
  known: Known,
  ruleSets: Verdict['ruleSets'],
  { route = 'replace', accepts = [] }: { readonly route?: Route | undefined; readonly accepts?: readonly string[] | undefined } = {},
): Question => ({
  livepatch,
  // Where it is disabled with the others and loaded again, it is one of those that run.
  known: route === 'replace' || known.has(livepatch.name) ? known : new Map(known).set(livepatch.name, livepatch),
  accepts: new Set(accepts),
  route,
  relevant: relevantModules(livepatch, known),
  ruleSets,
  answered: new Map(),
  changed: new Map(),
})

const changesOf = ({ livepatch, changed }: Question, running: readonly Manifest[]): Pick<CohortCase, 'functions' | 'fixes'> => {
  const key = running.map(({ digest }) => digest).join(' ')
  const known = changed.get(key)
  if (known) return known
  const changes = { functions: functionChanges(livepatch, running), fixes: fixChanges(livepatch, running) }
  changed.set(key, changes)
  return changes
}

const essenceOf = ({ relevant }: Question, { stack, pasts }: DistinctCohort): string =>
  JSON.stringify([
    stack.kernelRelease,
    stack.livepatches.map(({ name, enabled, transition }) => [name, enabled, transition]),
    stack.resident.map(({ name, refcnt, digest }) => [name, refcnt, digest]),
    stack.targets.filter(name => relevant.has(name)),
    stack.forced,
    pasts,
  ])

const answer = (asked: Question, cohort: DistinctCohort, manifests: readonly Manifest[], route: Route): LoadCase => {
  const essence = essenceOf(asked, cohort)
  const known = asked.answered.get(essence)
  if (known) return known
  const worked = route === 'replace' ? loadCase(asked, cohort, manifests) : routeCase(asked, cohort, manifests)
  asked.answered.set(essence, worked)
  return worked
}

/** Works out everything that the rules need of one livepatch on one stack. */
export const cohortCase = (asked: Question, cohort: DistinctCohort): CohortCase => {
  const { livepatch, known } = asked
  const { stack, hosts } = cohort
  const foreign = stack.livepatches.filter(({ name, digest }) => name !== livepatch.name || digest !== livepatch.digest)
  const unknown = foreign.filter(entry => !manifestFor(entry, known)).map(({ name }) => name)
  const situation = situationOf(asked, stack, unknown)
  const route = situation === 'load' && stack.livepatches.length > 0 ? asked.route : 'replace'
  const others = route === 'replace' ? foreign : stack.livepatches
  const manifests = others.filter(({ enabled }) => enabled).flatMap(entry => manifestFor(entry, known) ?? [])
  const running = manifests.map(manifest => ({ manifest, order: orderOf(livepatch, manifest) }))
  return {
    livepatch,
    cohort: cohort.digest,
    hosts,
    stack,
    situation,
    route,
    rules: asked.ruleSets[stack.kernelRelease],
    running,
    listed: others.flatMap(entry => manifestFor(entry, known) ?? []),
    residents: stack.resident.flatMap(entry => manifestFor(entry, known) ?? []),
    unknown,
    assumed: others.filter(entry => entry.digest === null && manifestFor(entry, known)).map(({ name }) => name),
    accepts: asked.accepts,
    downgrade: running.some(({ order }) => order === 'older'),
    ...(situation === 'load' ? answer(asked, cohort, manifests, route) : notLoaded()),
  }
}
