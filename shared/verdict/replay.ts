import {
  applyLivepatching,
  type CallbackRun,
  imageOf,
  type LivepatchImage,
  type LivepatchOperation,
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
}

/** The same with the simulated machine afterwards, which is not kept: one for each of ten thousand stacks is a lot of memory. */
type Loaded = { readonly replay: Replay; readonly machine: Machine }

const full = new WeakMap<Manifest, LivepatchImage>()

const remember = <Key extends object, Value>(cache: WeakMap<Key, Value>, key: Key, make: () => Value): Value => {
  const known = cache.get(key)
  if (known !== undefined) return known
  const value = make()
  cache.set(key, value)
  return value
}

const fullImage = (manifest: Manifest): LivepatchImage => remember(full, manifest, () => imageOf(manifest))

/** Shortest limit of any kernel for a function's name (KSYM_NAME_LEN before 6.1). */
const SAFE_NAME_LENGTH_MAX = 128

/** Whether no kernel finds anything wrong with the functions by themselves: no name empty or too long, none twice. Doubt says no. */
const areUnsuspicious = ({ objects }: Manifest): boolean =>
  objects.every(({ functions }) => {
    const names = new Set<string>()
    for (const { name } of functions) if (name.length < SAFE_NAME_LENGTH_MAX) names.add(name)
    return names.size === functions.length && !names.has('')
  })

const loadable = new WeakMap<Manifest, LivepatchImage>()
const hollow = new WeakMap<Manifest, LivepatchImage>()

/**
 * The image without its functions. Which functions exist is not known of a fleet's kernels, so the core assumes all of them; they
 * then change neither the answer of a load nor its log, callbacks or sysfs order, but cost most of its time.
 */
const hollowImage = (manifest: Manifest): LivepatchImage =>
  remember(hollow, manifest, () => {
    const objects = manifest.objects.map(object => ({ ...object, functions: [] }))
    return imageOf({ ...manifest, objects })
  })

/** What is loaded where all functions are taken to exist: without them, unless there may be something wrong with them by themselves. */
const loadableImage = (manifest: Manifest): LivepatchImage =>
  remember(loadable, manifest, () => (areUnsuspicious(manifest) ? hollowImage(manifest) : fullImage(manifest)))

/** The simulated machine of a stack, with the resident modules of these names taken away. */
const machineFor = (stack: Stack, manifests: readonly Manifest[], without: readonly string[]): Machine => {
  const images = new Map(manifests.map(manifest => [manifest.name, hollowImage(manifest)]))
  const resident = without.length === 0 ? stack.resident : stack.resident.filter(({ name }) => !without.includes(name))
  return machineOf({ ...stack, resident }, images).machine
}

const loadedOn = (machine: Machine, livepatch: Manifest): Loaded => {
  const module = machine.symbols ? fullImage(livepatch) : loadableImage(livepatch)
  const outcome = applyLivepatching(machine, { op: 'load', module })
  const { result, log, callbacks } = outcome
  return { replay: { result, stackAfter: outcome.machine.patches.map(({ name }) => name), log, callbacks }, machine: outcome.machine }
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
export const replayLoad = (livepatch: Manifest, { stack, manifests, without, symbols }: Start): Loaded =>
  loadedOn({ ...machineFor(stack, manifests, without), symbols }, livepatch)

const withoutModule = (machine: Machine, name: string): Machine =>
  machine.modules.has(name) ? applyLivepatching(machine, { op: 'unload', name }).machine : machine

/** What came of several operations in a row: all that they logged and ran, and what refused, in words; null where nothing did. */
export type Walk = Loaded & { readonly refused: string | null }

const beginning = (machine: Machine): Walk => ({
  replay: { result: 'OK', stackAfter: machine.patches.map(({ name }) => name), log: [], callbacks: [] },
  machine,
  refused: null,
})

type Step = { readonly words: string; readonly take: (machine: Machine) => Loaded }

const walked = (start: Machine, steps: readonly Step[]): Walk => {
  let walk = beginning(start)
  for (const { words, take } of steps) {
    if (walk.refused !== null) return walk
    const { replay, machine } = take(walk.machine)
    const log = [...walk.replay.log, ...replay.log]
    const callbacks = [...walk.replay.callbacks, ...replay.callbacks]
    const refused = replay.result === 'OK' ? null : `${words} answers ${replay.result}`
    walk = { replay: { ...replay, log, callbacks }, machine, refused }
  }
  return walk
}

const performed = (machine: Machine, operation: LivepatchOperation): Loaded => {
  const { result, log, callbacks, machine: after } = applyLivepatching(machine, operation)
  return { replay: { result, stackAfter: after.patches.map(({ name }) => name), log, callbacks }, machine: after }
}

const loading = (livepatch: Manifest): Step => ({
  words: `loading ${livepatch.name}`,
  take: machine => loadedOn(withoutModule(machine, livepatch.name), livepatch),
})

const disabling = (name: string): readonly Step[] => [
  { words: `disabling ${name}`, take: machine => performed(machine, { op: 'enabled', patch: name, value: '0' }) },
  { words: `removing ${name}`, take: machine => performed(machine, { op: 'unload', name }) },
]

/** Disables livepatches, newest first, each with its module removed, and loads others in order: the route `disable-then-load`. */
export const disableThenLoad = (start: Machine, disable: readonly string[], load: readonly Manifest[]): Walk =>
  walked(start, [...disable.toReversed().flatMap(disabling), ...load.map(loading)])

/** Loads livepatches in order, each after the module that is left of its name was removed; null, or what refused. */
export const loadAll = (start: Machine, load: readonly Manifest[]): string | null => walked(start, load.map(loading)).refused

/** The simulated machine of a stack as it is. */
export const replayStack = (stack: Stack, manifests: readonly Manifest[], symbols?: Symbols): Machine => ({
  ...machineFor(stack, manifests, []),
  symbols,
})
