import { failure } from '../errno.ts'
import type { LivepatchImage } from '../image.ts'
import { type Draft, findPatch, objectName, type Patch, replacePatch, setModule } from '../machine.ts'
import { preUnpatch } from './callbacks.ts'
import { say } from './log.ts'
import { initObjects, patchObject, staticObjects } from './objects.ts'
import { addNops } from './replace.ts'
import { isCompatible } from './states.ts'
import { cancelTransition, initTransition, startTransition, tryComplete } from './transition.ts'

/** A module's object whose `funcs` is NULL; for vmlinux that ends the list instead. */
const lacksFunctions = (image: LivepatchImage): boolean => {
  const broken = image.objects.findIndex(object => object.withoutArray === true)
  return broken >= 0 && image.objects[broken]?.name !== null
}

const before = <Item>(items: readonly Item[], isEnd: (item: Item) => boolean): readonly Item[] => {
  const end = items.findIndex(isEnd)
  return end < 0 ? items : items.slice(0, end)
}

/** Arrays end at the first empty entry: an object with neither name nor functions, a state with id 0. */
const upToEnd = (image: LivepatchImage): LivepatchImage => ({
  ...image,
  objects: before(image.objects, object => object.withoutArray === true),
  states: before(image.states, ({ id }) => Number(id) === 0),
})

/** What is refused before anything of the livepatch exists, in the kernel's order. */
const refusal = (draft: Draft, given: LivepatchImage, image: LivepatchImage): number => {
  const { argumentsCheckedFirst, systemStates } = draft.rules
  if (argumentsCheckedFirst && lacksFunctions(given)) return failure('EINVAL')
  if (image.marked === false) {
    say(draft, 'not-marked', image.name)
    return failure('EINVAL')
  }
  if (systemStates && !isCompatible(draft, image)) {
    say(draft, 'incompatible', image.name)
    return failure('EINVAL')
  }
  return lacksFunctions(given) ? failure('EINVAL') : 0
}

/** Takes and gives back the module's reference: klp_enable_patch holds one until the livepatch is freed. */
const changeReferences = (draft: Draft, name: string, by: 1 | -1): void => {
  const module = draft.modules.get(name)
  if (module !== undefined) setModule(draft, name, { ...module, references: module.references + by })
}

/** Source: kernel/livepatch/core.c: klp_init_patch. */
const initPatch = (draft: Draft, image: LivepatchImage): number => {
  const raws = staticObjects(image)
  const objects = initObjects(draft, image.name, image.replace ? addNops(draft, raws) : raws)
  if (typeof objects === 'number') return objects
  draft.patches = [...draft.patches, { name: image.name, image, enabled: false, forced: false, objects }]
  return 0
}

/** Patches the loaded objects one by one; the first failure undoes all. */
const patchObjects = (draft: Draft, patch: Patch): number => {
  let current = patch
  for (const [index, object] of patch.objects.entries()) {
    if (!object.loaded) continue
    const done = patchObject(draft, current, index)
    current = done.patch
    if (done.failed === null) continue
    say(draft, done.failed === 'pre-patch' ? 'pre-patch-failed' : 'patch-object-failed', objectName(object.name))
    return done.result
  }
  return 0
}

/** Source: kernel/livepatch/core.c: __klp_enable_patch. */
const enable = (draft: Draft, name: string): number => {
  const patch = findPatch(draft, name)
  if (draft.transition !== null || patch === undefined) return failure('EBUSY')
  say(draft, 'enabling', name)
  initTransition(draft, name, 'enable')
  const result = patchObjects(draft, patch)
  if (result !== 0) {
    say(draft, 'enable-failed', name)
    cancelTransition(draft)
    return result
  }
  startTransition(draft)
  const started = findPatch(draft, name)
  if (started !== undefined) replacePatch(draft, { ...started, enabled: true })
  tryComplete(draft)
  return 0
}

/**
 * What a livepatch's init calls: 0, or why not. A refusal leaves no trace but its lines.
 * The check for an open transition (EBUSY, silent) comes after the symbols, so a missing symbol wins over it.
 * Source: kernel/livepatch/core.c: klp_enable_patch.
 */
export const enablePatch = (draft: Draft, given: LivepatchImage): number => {
  const image = upToEnd(given)
  const refused = refusal(draft, given, image)
  if (refused !== 0) return refused
  const initialised = initPatch(draft, image)
  if (initialised !== 0) return initialised
  changeReferences(draft, image.name, 1)
  const result = enable(draft, image.name)
  if (result !== 0) {
    draft.patches = draft.patches.filter(patch => patch.name !== image.name)
    changeReferences(draft, image.name, -1)
  }
  return result
}

/** Source: kernel/livepatch/core.c: __klp_disable_patch. */
export const disablePatch = (draft: Draft, patch: Patch): number => {
  if (draft.transition !== null) return failure('EBUSY')
  initTransition(draft, patch.name, 'disable')
  for (const object of patch.objects) if (object.patched) preUnpatch(draft, patch, object)
  startTransition(draft)
  replacePatch(draft, { ...patch, enabled: false })
  tryComplete(draft)
  return 0
}
