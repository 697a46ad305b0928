import { type Manifest, objectName } from '../livepatch/index.ts'
import type { Met } from './obligations.ts'

/**
 * A livepatch that does not exist yet: what one would have to build. It has no digest, size or signature, and everything else of a
 * manifest; `fixes` and functions are empty, because a bridge closes obligations and nothing else.
 */
export type Bridge = Pick<
  Manifest,
  'name' | 'series' | 'version' | 'kernelRelease' | 'arch' | 'replace' | 'objects' | 'states' | 'adopts' | 'fixes'
> & {
  /** Of `adopts`, what the bridge does not undo but leaves to the livepatch after it, which takes it over itself. */
  readonly passesOn: Manifest['adopts']
}

/** Characters of a module's name that the kernel takes (MODULE_NAME_LEN 56, with its end). */
const NAME_MAX = 55
const VERSION_NUMBERS_MAX = 4

const nextVersion = (version: string): string => {
  const numbers = version.split('.')
  if (numbers.length < VERSION_NUMBERS_MAX) return `${version}.1`
  return [...numbers.slice(0, -1), String(Number(numbers.at(-1)) + 1)].join('.')
}

const covers = (livepatch: Manifest, states: Manifest['states']): boolean =>
  states.every(old => livepatch.states.some(state => BigInt(state.id) === BigInt(old.id) && state.version >= old.version))

/** C name of the function that undoes what was left on an object. */
export const undoName = (object: string | null): string => `undo_on_${objectName(object).replace(/[^A-Za-z0-9_]/g, '_')}`

const adoptionOf = ({ obligation: { livepatch, object, callback } }: Met): Manifest['adopts'][number] => ({
  livepatch,
  object,
  callback,
  source: 'module',
})

/** What follows meets it, the bridge would not: its states are only those of the livepatches that run. */
const isPassedOn = ({ by, obligation: { origin } }: Met): boolean =>
  by === 'adopts' || by === 'callbacks' || by === 'itself' || (by === 'state' && origin === 'carried')

/**
 * The smallest cumulative livepatch that closes every open obligation and nothing else: it follows the newest livepatch that runs,
 * undoes in post_patch (when the transition cannot be reversed any more) what the replaced ones left, and says so by `adopts`.
 * It has no undoing callback of its own, so the livepatch that comes after it finds nothing open.
 *
 * The kernel wants every system state of the running livepatches in the bridge, and every one of the bridge in what follows it
 * (kernel/livepatch/state.c: klp_is_patch_compatible). Null where what follows lacks one: then no bridge leads there.
 */
export const smallestBridge = (livepatch: Manifest, running: readonly Manifest[], account: readonly Met[]): Bridge | null => {
  const open = account.filter(({ by }) => by === 'nothing')
  const newest = running.at(-1)
  if (open.length === 0 || !newest) return null
  const states = running.flatMap(manifest => manifest.states)
  if (!covers(livepatch, states)) return null
  const objects = [...new Set(open.map(({ obligation }) => obligation.object))]
  const passesOn = account.filter(isPassedOn).map(adoptionOf)
  return {
    name: `bridge_${newest.name}_${livepatch.name}`.slice(0, NAME_MAX),
    series: newest.series,
    version: nextVersion(newest.version),
    kernelRelease: livepatch.kernelRelease,
    arch: livepatch.arch,
    replace: true,
    objects: objects.map(name => ({ name, functions: [], callbacks: { post_patch: undoName(name) } })),
    states: livepatch.states.filter(state => states.some(old => BigInt(old.id) === BigInt(state.id))),
    adopts: [...open.map(adoptionOf), ...passesOn],
    passesOn,
    fixes: [],
  }
}
