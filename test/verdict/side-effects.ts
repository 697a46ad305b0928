import { apply, boot, imageOf, type Machine, type Operation, type Stack, stackOf } from '../../shared/kernel/index.ts'
import { CALLBACK_KINDS, type CallbackKind, compareVersions, type Manifest } from '../../shared/livepatch/index.ts'

/**
 * A simulated machine on which callbacks really change something. It knows nothing of obligations: it is the reference that the guard
 * is held against.
 *
 * pre_patch and post_patch each leave one effect on their object. An undoing callback takes back the effect of its counterpart; one
 * without a counterpart takes back that of an applying callback which has none; one that is left over takes back what the patched
 * functions have done meanwhile. What a livepatch took over from another, its last undoing callback on that object takes back.
 *
 * Promises are kept: who adopts an effect, declares the states of its owner, or is newer in the series and has callbacks on the same
 * object, takes the effect over, or undoes it at once if it could not later.
 */
export type Effect = {
  readonly owner: string
  readonly object: string
  readonly by: CallbackKind | 'functions' | 'takeover'
  readonly undoneBy: readonly CallbackKind[]
}

export type Scene = {
  readonly machine: Machine
  readonly effects: readonly Effect[]
  /** Names, in the order in which they were replaced. */
  readonly replaced: readonly string[]
}

export const scene = (release: string): Scene => ({ machine: boot({ release }), effects: [], replaced: [] })

const NATURAL: Readonly<Record<CallbackKind, CallbackKind>> = {
  pre_patch: 'post_unpatch',
  post_patch: 'pre_unpatch',
  pre_unpatch: 'post_patch',
  post_unpatch: 'pre_patch',
}
const isApplying = (kind: CallbackKind): boolean => kind === 'pre_patch' || kind === 'post_patch'
const nameOf = (object: string | null): string => object ?? 'vmlinux'

/** Which effects the callbacks of one object stand for, by the callback that makes them. */
const effectsOf = (manifest: Manifest, object: Manifest['objects'][number]): readonly Effect[] => {
  const present = CALLBACK_KINDS.filter(kind => object.callbacks[kind] !== undefined)
  const spare = present.filter(kind => !isApplying(kind) && !present.includes(NATURAL[kind]))
  const effect = (by: Effect['by'], undoneBy: readonly CallbackKind[]): Effect => ({
    owner: manifest.name,
    object: nameOf(object.name),
    by,
    undoneBy,
  })
  const applied = present.filter(isApplying).map(kind => {
    if (present.includes(NATURAL[kind])) return effect(kind, [NATURAL[kind]])
    const undoing = spare.shift()
    return effect(kind, undoing ? [undoing] : [])
  })
  return [...applied, ...spare.map(kind => effect('functions', [kind]))]
}

const objectOf = (manifest: Manifest, object: string) => manifest.objects.find(({ name }) => nameOf(name) === object)

const undoingOn = (manifest: Manifest, object: string): readonly CallbackKind[] =>
  CALLBACK_KINDS.filter(kind => !isApplying(kind) && objectOf(manifest, object)?.callbacks[kind] !== undefined)

const hasCallbacks = (manifest: Manifest, object: string): boolean => Object.keys(objectOf(manifest, object)?.callbacks ?? {}).length > 0

/** Whether the author of `next` promises to handle this effect of `owner`. */
const takesOver = (next: Manifest, owner: Manifest, effect: Effect): boolean => {
  const named = effect.undoneBy.length > 0 ? effect.undoneBy : [effect.by]
  const adopts = named.every(callback =>
    next.adopts.some(
      adoption => adoption.livepatch === owner.name && nameOf(adoption.object) === effect.object && adoption.callback === callback,
    ),
  )
  const states =
    owner.states.length > 0 && owner.states.every(old => next.states.some(({ id, version }) => id === old.id && version >= old.version))
  const newer = next.series === owner.series && compareVersions(next.version, owner.version) > 0 && hasCallbacks(next, effect.object)
  return adopts || states || newer
}

const takenOver = (next: Manifest, effect: Effect): readonly Effect[] => {
  const undoing = undoingOn(next, effect.object).at(-1)
  return undoing ? [{ owner: next.name, object: effect.object, by: 'takeover', undoneBy: [undoing] }] : []
}

/** A bridge: callbacks on an object of which something is adopted take that back, and change nothing themselves. */
const onlyTakesBack = (manifest: Manifest, object: string): boolean => manifest.adopts.some(adoption => nameOf(adoption.object) === object)

type Known = ReadonlyMap<string, Manifest>

const ran = (effects: readonly Effect[], manifest: Manifest, object: string, callback: CallbackKind): readonly Effect[] => {
  if (!isApplying(callback))
    return effects.filter(effect => effect.owner !== manifest.name || effect.object !== object || !effect.undoneBy.includes(callback))
  const own = objectOf(manifest, object)
  const made = own
    ? effectsOf(manifest, own).filter(({ by, undoneBy }) => by === callback && !(undoneBy.length === 0 && onlyTakesBack(manifest, object)))
    : []
  return [...effects, ...made]
}

/** What the functions of a livepatch do once they run. */
const workedOn = (effects: readonly Effect[], manifest: Manifest, machine: Machine): readonly Effect[] => {
  const patched = machine.patches.find(({ name }) => name === manifest.name)?.objects.filter(object => object.patched) ?? []
  const made = patched.flatMap(({ name }) => {
    const own = objectOf(manifest, nameOf(name))
    return own ? effectsOf(manifest, own).filter(({ by }) => by === 'functions') : []
  })
  const isThere = (effect: Effect): boolean =>
    effects.some(({ owner, object, by }) => owner === effect.owner && object === effect.object && by === 'functions')
  return [...effects, ...made.filter(effect => !isThere(effect))]
}

/**
 * Performs one operation: the simulation core decides which callbacks run, and each does to the effects what it stands for.
 * `unpaired`: what a livepatch leaves although it was disabled is told when it is proposed (unpaired-callback), and is nobody's to take
 * over; unless it is counted as everything else.
 */
export const perform = (
  before: Scene,
  operation: Operation,
  known: Known,
  unpaired: 'told' | 'counted' = 'told',
): Scene & { readonly result: string } => {
  const outcome = apply(before.machine, operation)
  let effects = before.effects
  const next = operation.op === 'load' ? known.get(operation.module.name) : undefined
  const replaces = outcome.result === 'OK' && next?.replace === true
  if (next && replaces)
    effects = effects.flatMap(effect => {
      const owner = known.get(effect.owner)
      return owner && owner.name !== next.name && takesOver(next, owner, effect) ? takenOver(next, effect) : [effect]
    })
  for (const { livepatch, object, callback } of outcome.callbacks) {
    const manifest = known.get(livepatch)
    if (manifest) effects = ran(effects, manifest, nameOf(object), callback)
  }
  for (const { name } of outcome.machine.patches) {
    const manifest = known.get(name)
    if (manifest) effects = workedOn(effects, manifest, outcome.machine)
  }
  if (unpaired === 'told' && operation.op === 'enabled' && outcome.result === 'OK')
    effects = effects.filter(({ owner }) => owner !== operation.patch)
  const gone = replaces ? before.machine.patches.map(({ name }) => name) : []
  return { machine: outcome.machine, effects, replaced: [...before.replaced, ...gone], result: outcome.result }
}

export const load = (before: Scene, manifest: Manifest, known: Known): Scene & { readonly result: string } =>
  perform(before, { op: 'load', module: imageOf(manifest) }, known)

export const reported = ({ machine }: Scene, known: Known): Stack =>
  stackOf(machine, new Map([...known].map(([name, { digest }]) => [name, digest])))

/** Effects that are nobody's any more who runs. */
export const leftovers = ({ machine, effects }: Scene): readonly Effect[] =>
  effects.filter(({ owner }) => !machine.patches.some(({ name }) => name === owner))
