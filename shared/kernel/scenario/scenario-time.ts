import type { LivepatchImage, ModuleImage } from '../image.ts'
import { functionKey, isHooked } from '../klp/function-stack.ts'
import type { Machine } from '../machine.ts'

/*
 * How long operations take in the guests that scenarios are recorded in (one virtual CPU), in milliseconds, as measured there. It
 * decides into which step a late retry of a stalled transition falls, and nothing else.
 */
type Pace = {
  /** Loading a livepatch, loading one while a transition is open, loading and unloading another module. */
  readonly livepatch: number
  readonly busy: number
  readonly load: number
  readonly unload: number
  /** Looking one function up among all of vmlinux (indexed by name since 6.2). */
  readonly lookup: number
  /** Registering a function with ftrace, and taking it off. */
  readonly hook: number
  readonly unhook: number
}

const PACE_6_1: Pace = { livepatch: 20, busy: 55, load: 8, unload: 24, lookup: 664, hook: 132, unhook: 168 }
const PACES: Readonly<Record<string, Pace>> = {
  '6.12': { livepatch: 45, busy: 56, load: 8, unload: 24, lookup: 0, hook: 160, unhook: 200 },
  '7.2': { livepatch: 27, busy: 29, load: 20, unload: 6, lookup: 0, hook: 165, unhook: 220 },
}
const REFUSED_MS = 2

const paceOf = ({ rules }: Machine): Pace => PACES[rules.name] ?? PACE_6_1

const addKeys = (keys: Set<string>, image: LivepatchImage, object: string | null): void => {
  for (const { name, functions } of image.objects)
    if (name === object) for (const func of functions) keys.add(functionKey(func.name, func.sympos))
}

const vmlinuxLookups = (machine: Machine, image: LivepatchImage): number => {
  const keys = new Set<string>()
  addKeys(keys, image, null)
  if (!image.replace) return keys.size
  for (const { objects } of machine.patches)
    for (const object of objects) if (object.name === null) for (const key of object.functions.keys()) keys.add(key)
  return keys.size
}

const newHooks = (machine: Machine, image: LivepatchImage): number => {
  let hooks = 0
  for (const name of new Set(image.objects.map(object => object.name))) {
    if (name !== null && !machine.modules.has(name)) continue
    const keys = new Set<string>()
    addKeys(keys, image, name)
    for (const key of keys) if (!isHooked(machine, name, key)) hooks += 1
  }
  return hooks
}

const livepatchLoadTime = (machine: Machine, image: LivepatchImage): number => {
  const pace = paceOf(machine)
  const lookups = vmlinuxLookups(machine, image) * pace.lookup
  return machine.transition === null ? pace.livepatch + lookups + newHooks(machine, image) * pace.hook : pace.busy + lookups
}

/** Functions of a module that listed livepatches patch. */
const patchedIn = ({ patches }: Machine, module: string): number => {
  const keys = new Set<string>()
  for (const { objects } of patches)
    for (const object of objects) if (object.name === module) for (const key of object.functions.keys()) keys.add(key)
  return keys.size
}

/** Milliseconds that a load takes. */
export const loadTime = (machine: Machine, image: ModuleImage): number => {
  if (machine.modules.has(image.name)) return REFUSED_MS
  const { load, hook } = paceOf(machine)
  return image.kind === 'livepatch' ? livepatchLoadTime(machine, image) : load + patchedIn(machine, image.name) * hook
}

/** Milliseconds that an unload takes. */
export const unloadTime = (machine: Machine, name: string): number => {
  const module = machine.modules.get(name)
  if (module === undefined || module.references > 0) return 0
  const { unload, unhook } = paceOf(machine)
  return unload + (module.image.kind === 'target' ? patchedIn(machine, name) * unhook : 0)
}
