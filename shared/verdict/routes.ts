import type { Machine } from '../kernel/index.ts'
import { type Manifest, objectName } from '../livepatch/index.ts'
import { smallestBridge } from './bridge.ts'
import { inBetween } from './in-between.ts'
import { accountOf, type Met, unpairedObligations } from './obligations.ts'
import { disableThenLoad, loadAll, type Walk } from './replay.ts'
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

/** What stays although everything was disabled (accountByDisabling), each as a reason. */
export const leftByDisabling = (account: readonly Met[]): readonly string[] =>
  account.filter(({ by }) => by === 'nothing').map(({ obligation: { text } }) => `nothing undoes ${text}`)

/** Whether what is enabled in the end is what nobody disabled, and what was loaded. */
const notArrived = ({ refused, machine }: Walk, wanted: readonly string[]): readonly string[] => {
  if (refused !== null) return [refused]
  if (machine.transition !== null) return [`the transition of ${machine.transition.patch} does not end`]
  const enabled = machine.patches.filter(patch => patch.enabled).map(({ name }) => name)
  return enabled.join(' ') === wanted.join(' ') ? [] : [`${enabled.join(' and ') || 'nothing'} would be enabled in the end`]
}

/** Disables everything that runs and loads `next`; worked out on the simulated machine of the same stack. `left`: what stays for other reasons. */
export const routeByDisabling = (
  machine: Machine,
  running: readonly Manifest[],
  next: readonly Manifest[],
  left: readonly string[] = notUndone(running),
): { readonly route: ByDisabling; readonly walk: Walk } => {
  const names = running.map(({ name }) => name)
  const walk = disableThenLoad(machine, names, next)
  const stays = machine.patches.map(({ name }) => name).filter(name => !names.includes(name))
  const reasons = [...new Set([...notArrived(walk, [...stays, ...next.map(({ name }) => name)]), ...left])]
  const route = {
    disables: names.toReversed(),
    loads: next.map(({ name }) => name),
    proved: reasons.length === 0,
    reasons,
    meanwhile: inBetween(running, next),
  }
  return { route, walk }
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
  const disabling = routeByDisabling(after, [livepatch], livepatch.replace ? back : []).route
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
