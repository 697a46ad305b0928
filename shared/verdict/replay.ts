import {
  apply,
  type CallbackRun,
  imageOf,
  type LivepatchImage,
  type Machine,
  machineOf,
  type Stack,
  type Symbols,
} from '../kernel/index.ts'
import type { Manifest } from '../livepatch/index.ts'

/** What the simulated kernel did when a livepatch was loaded on top of a stack. */
export type Replay = {
  /** `OK`, or the name of the errno that the load came back with. */
  readonly result: string
  /** Names in /sys/kernel/livepatch afterwards, oldest first. */
  readonly stackAfter: readonly string[]
  readonly log: readonly string[]
  readonly callbacks: readonly CallbackRun[]
  /** The simulated machine afterwards. */
  readonly machine: Machine
}

const full = new WeakMap<Manifest, LivepatchImage>()
const hollow = new WeakMap<Manifest, LivepatchImage>()

const remember = <Key extends object, Value>(cache: WeakMap<Key, Value>, key: Key, make: () => Value): Value => {
  const known = cache.get(key)
  if (known !== undefined) return known
  const value = make()
  cache.set(key, value)
  return value
}

const fullImage = (manifest: Manifest): LivepatchImage => remember(full, manifest, () => imageOf(manifest))

/**
 * The image without its functions. Which functions exist is not known of a fleet's kernels, so the core assumes all of them; they
 * then change neither the answer of a load nor its log, callbacks or sysfs order, but cost most of its time. What can be wrong with
 * the functions by themselves (a name twice, a name too long) does not depend on the stack and is asked once, with the full image.
 */
const hollowImage = (manifest: Manifest): LivepatchImage =>
  remember(hollow, manifest, () => {
    const image = fullImage(manifest)
    return { ...image, objects: image.objects.map(object => ({ ...object, functions: [] })) }
  })

const refusedAlone = new WeakMap<Manifest, boolean>()

/** Whether the livepatch would be refused even on a machine that has just booted and holds every module that it patches. */
const isRefusedAlone = (manifest: Manifest): boolean =>
  remember(refusedAlone, manifest, () => {
    const targets = manifest.objects.flatMap(({ name }) => (name === null ? [] : [name])).sort()
    const stack: Stack = { kernelRelease: manifest.kernelRelease, livepatches: [], resident: [], targets, forced: false }
    return apply(machineOf(stack, new Map()).machine, { op: 'load', module: fullImage(manifest) }).result !== 'OK'
  })

/** The simulated machine of a stack, with the resident modules of these names taken away. */
const machineFor = (stack: Stack, manifests: readonly Manifest[], without: readonly string[]): Machine => {
  const images = new Map(manifests.map(manifest => [manifest.name, hollowImage(manifest)]))
  const resident = without.length === 0 ? stack.resident : stack.resident.filter(({ name }) => !without.includes(name))
  return machineOf({ ...stack, resident }, images).machine
}

const loadedOn = (machine: Machine, livepatch: Manifest): Replay => {
  const module = machine.symbols || isRefusedAlone(livepatch) ? fullImage(livepatch) : hollowImage(livepatch)
  const outcome = apply(machine, { op: 'load', module })
  return {
    result: outcome.result,
    stackAfter: outcome.machine.patches.map(({ name }) => name),
    log: outcome.log,
    callbacks: outcome.callbacks,
    machine: outcome.machine,
  }
}

type Start = {
  readonly stack: Stack
  readonly manifests: readonly Manifest[]
  /** Resident modules that are removed first. */
  readonly without: readonly string[]
  /** Functions of vmlinux; undefined: all that are named are taken to exist. */
  readonly symbols: Symbols | undefined
}

/** Replays a stack on the simulation core and loads the livepatch on it. `manifests` are those of the livepatches of the stack. */
export const replayLoad = (livepatch: Manifest, { stack, manifests, without, symbols }: Start): Replay =>
  loadedOn({ ...machineFor(stack, manifests, without), symbols }, livepatch)

const withoutModule = (machine: Machine, name: string): Machine =>
  machine.modules.has(name) ? apply(machine, { op: 'unload', name }).machine : machine

/**
 * Disables livepatches, newest first, removes their modules, and loads others in order: the route `disable-then-load`.
 * Null where the simulated kernel goes along with all of it, else what refused.
 */
export const disableThenLoad = (start: Machine, disable: readonly string[], load: readonly Manifest[]): string | null => {
  let machine = start
  for (const name of disable.toReversed()) {
    const { result, machine: after } = apply(machine, { op: 'enabled', patch: name, value: '0' })
    if (result !== 'OK') return `disabling ${name} answers ${result}`
    machine = withoutModule(after, name)
  }
  return loadAll(machine, load)
}

/** Loads livepatches in order, each after the module that is left of its name was removed; null, or what refused. */
export const loadAll = (start: Machine, load: readonly Manifest[]): string | null => {
  let machine = start
  for (const livepatch of load) {
    const { result, machine: after } = loadedOn(withoutModule(machine, livepatch.name), livepatch)
    if (result !== 'OK') return `loading ${livepatch.name} answers ${result}`
    machine = after
  }
  return null
}

/** The simulated machine of a stack as it is. */
export const replayStack = (stack: Stack, manifests: readonly Manifest[]): Machine => machineFor(stack, manifests, [])
