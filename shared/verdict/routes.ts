import type { Machine } from '../kernel/index.ts'
import { type Manifest, objectName } from '../livepatch/index.ts'
import { smallestBridge } from './bridge.ts'
import { inBetween } from './in-between.ts'
import { accountOf, unpairedObligations } from './obligations.ts'
import { disableThenLoad, loadAll } from './replay.ts'
import type { ByDisabling, WayBack } from './verdict.ts'

/**
 * The way from the proposed livepatch to what a cohort runs now: the best one, why not a better one, and what a
 * load in between exposes, where there is something to load.
 */
export type Return = {
  readonly way: WayBack
  /** Why the atomic way back is closed; empty for `replace`. */
  readonly reasons: readonly string[]
  readonly byDisabling: ByDisabling | null
}

const notUndone = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.flatMap(manifest => unpairedObligations(manifest)).map(({ text }) => `nothing undoes ${text}`)

/** Disables everything that runs and loads `next`; worked out on the simulated machine of the same stack. */
export const routeByDisabling = (machine: Machine, running: readonly Manifest[], next: readonly Manifest[]): ByDisabling => {
  const names = running.map(({ name }) => name)
  const refused = disableThenLoad(machine, names, next)
  const reasons = [...(refused === null ? [] : [refused]), ...notUndone(running)]
  return {
    disables: names.toReversed(),
    loads: next.map(({ name }) => name),
    proved: reasons.length === 0,
    reasons,
    meanwhile: inBetween(running, next),
  }
}

/** Why an atomic replace does not lead from the proposed livepatch back to what runs now; empty where it does. */
const whyNotAtomic = (
  livepatch: Manifest,
  back: readonly Manifest[],
  after: Machine,
  isLoaded: (object: string) => boolean,
): readonly string[] => {
  const [first] = back
  if (!first) return ['there is no livepatch to go back to']
  if (!livepatch.replace) return [`${livepatch.name} is not cumulative, so what runs now stays below it`]
  if (!first.replace) return [`${first.name} is not cumulative and would be stacked on ${livepatch.name}`]
  const open = accountOf(first, { running: [livepatch], replacedEarlier: [], residents: [], isLoaded }).filter(({ by }) => by === 'nothing')
  const refused = loadAll(after, back)
  return [...(refused === null ? [] : [refused]), ...open.map(({ obligation }) => `${obligation.text} would be skipped`)]
}

/**
 * The way back from the proposed livepatch to what a cohort runs now. `after` is the simulated machine once it is loaded.
 * The best way is an atomic replace, then disabling, then a bridge that would have to be built.
 */
export const wayBackOf = (
  livepatch: Manifest,
  back: readonly Manifest[],
  after: Machine,
  isLoaded: (object: string) => boolean,
): Return => {
  const reasons = whyNotAtomic(livepatch, back, after, isLoaded)
  if (reasons.length === 0) return { way: 'replace', reasons, byDisabling: null }
  const disabling = routeByDisabling(after, [livepatch], livepatch.replace ? back : [])
  if (disabling.proved) return { way: 'disable-then-load', reasons, byDisabling: back.length === 0 ? null : disabling }
  const [first] = back
  const account = first ? accountOf(first, { running: [livepatch], replacedEarlier: [], residents: [], isLoaded }) : []
  if (first?.replace && livepatch.replace && smallestBridge(first, [livepatch], account))
    return { way: 'bridge', reasons, byDisabling: null }
  return { way: 'none', reasons: [...reasons, ...disabling.reasons], byDisabling: null }
}

export const skippedCallbacks = (account: ReturnType<typeof accountOf>): string[] =>
  account
    .filter(({ obligation: { callback, origin } }) => origin === 'replaced' && callback.endsWith('unpatch'))
    .map(({ obligation: { livepatch, object, callback } }) => `${livepatch}:${objectName(object)}:${callback}`)
