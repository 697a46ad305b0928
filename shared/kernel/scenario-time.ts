import { functionKey, functionStack } from './function-stack.ts'
import type { LivepatchImage, ModuleImage } from './image.ts'
import type { Machine } from './machine.ts'

/*
 * How long operations take in the guest that scenarios are recorded in (6.1, one virtual CPU), as measured there. It decides into
 * which step a late retry of a stalled transition falls, and nothing else.
 */
const LIVEPATCH_LOAD_MS = 20
const TARGET_LOAD_MS = 8
const UNLOAD_MS = 24
const REFUSED_MS = 2
const BUSY_MS = 55
/** Looking one function up among all of vmlinux. */
const VMLINUX_LOOKUP_MS = 664
/** Registering a function with ftrace, and taking it off. */
const HOOK_MS = 132
const UNHOOK_MS = 168

const isHooked = (machine: Machine, object: string | null, key: string): boolean => functionStack(machine, object, key).length > 0

const keysOf = (image: LivepatchImage, object: string | null): ReadonlySet<string> =>
  new Set(image.objects.filter(({ name }) => name === object).flatMap(({ functions }) => functions.map(f => functionKey(f.name, f.sympos))))

const vmlinuxLookups = (machine: Machine, image: LivepatchImage): number => {
  const keys = new Set(keysOf(image, null))
  if (!image.replace) return keys.size
  for (const { objects } of machine.patches)
    for (const object of objects) if (object.name === null) for (const key of object.functions.keys()) keys.add(key)
  return keys.size
}

const newHooks = (machine: Machine, image: LivepatchImage): number => {
  const names = new Set(image.objects.map(({ name }) => name).filter(name => name === null || machine.modules.has(name)))
  return [...names].reduce((sum, name) => sum + [...keysOf(image, name)].filter(key => !isHooked(machine, name, key)).length, 0)
}

const livepatchLoadTime = (machine: Machine, image: LivepatchImage): number => {
  const lookups = vmlinuxLookups(machine, image) * VMLINUX_LOOKUP_MS
  return machine.transition === null ? LIVEPATCH_LOAD_MS + lookups + newHooks(machine, image) * HOOK_MS : BUSY_MS + lookups
}

/** Functions of a module that listed livepatches patch. */
const patchedIn = ({ patches }: Machine, module: string): number =>
  new Set(patches.flatMap(({ objects }) => objects.filter(({ name }) => name === module).flatMap(o => [...o.functions.keys()]))).size

/** Milliseconds that a load takes. */
export const loadTime = (machine: Machine, image: ModuleImage): number => {
  if (machine.modules.has(image.name)) return REFUSED_MS
  return image.kind === 'livepatch' ? livepatchLoadTime(machine, image) : TARGET_LOAD_MS + patchedIn(machine, image.name) * HOOK_MS
}

/** Milliseconds that an unload takes. */
export const unloadTime = (machine: Machine, name: string): number => {
  const module = machine.modules.get(name)
  if (module === undefined || module.references > 0) return 0
  return UNLOAD_MS + (module.image.kind === 'target' ? patchedIn(machine, name) * UNHOOK_MS : 0)
}
