import { failure } from '../errno.ts'
import type { FunctionImage, LivepatchImage, ObjectImage } from '../image.ts'
import { type Draft, objectName, type Patch, type PatchedFunction, type PatchedObject, replaceObject } from '../machine.ts'
import { prePatch } from './callbacks.ts'
import { functionKey, isHooked, isTaken, registerHooks } from './function-stack.ts'
import { say } from './log.ts'
import { factsOf, findObjectSymbol } from './symbols.ts'

/** include/linux/module.h: MODULE_NAME_LEN on 64 bit. */
const MODULE_NAME_LENGTH_MAX = 56

/** An object as klp_init_patch_early leaves it, with its functions still a list because names may be given twice. */
export type RawObject = Pick<PatchedObject, 'name' | 'callbacks' | 'dynamic'> & { readonly functions: readonly PatchedFunction[] }

const staticFunction = ({ name, sympos, sleeps, returns }: FunctionImage): PatchedFunction => ({
  name,
  sympos,
  key: functionKey(name, sympos),
  nop: false,
  ...(sleeps !== undefined && { sleeps }),
  ...(returns !== undefined && { returns }),
})

const staticObject = ({ name, functions, callbacks }: ObjectImage): RawObject => ({
  name,
  callbacks,
  dynamic: false,
  functions: functions.map(staticFunction),
})

/** The objects that the author listed. Source: kernel/livepatch/core.c: klp_init_patch_early. */
export const staticObjects = (image: LivepatchImage): readonly RawObject[] => image.objects.map(staticObject)

/** Two complaints about one directory name, then EEXIST. Source: lib/kobject.c: kobject_add_internal. */
const refuseDuplicate = (draft: Draft, directory: string, name: string): number => {
  say(draft, 'sysfs-duplicate', `/kernel/livepatch/${directory}/${name}`)
  say(draft, 'kobject-duplicate', draft.rules.kobjectPrefix ? 'kobject: ' : '', name)
  return failure('EEXIST')
}

/** Source: kernel/livepatch/core.c: klp_init_func. */
const initFunctions = (draft: Draft, patch: string, { name, functions }: RawObject): ReadonlyMap<string, PatchedFunction> | number => {
  const known = new Map<string, PatchedFunction>()
  for (const func of functions) {
    if (func.name === '' || func.name.length >= draft.rules.symbolNameLengthMax) return failure('EINVAL')
    if (known.has(func.key)) return refuseDuplicate(draft, `${patch}/${objectName(name)}`, func.key)
    known.set(func.key, func)
  }
  return known
}

/**
 * Finds every function in the object's symbol table, in order.
 * Source: kernel/livepatch/core.c: klp_init_object_loaded.
 */
export const initObjectLoaded = (draft: Draft, object: Pick<PatchedObject, 'name' | 'functions'>): number => {
  for (const { name, sympos } of object.functions.values()) {
    const result = findObjectSymbol(draft, object.name, name, sympos)
    if (result !== 0) return result
  }
  return 0
}

/** A module counts as loaded between klp_module_coming and klp_module_going. Source: kernel/livepatch/core.c: klp_find_object_module. */
const isAlive = (draft: Draft, name: string | null): boolean => name === null || draft.modules.get(name)?.alive === true

/** Source: kernel/livepatch/core.c: klp_init_object. */
const initObject = (draft: Draft, patch: string, raw: RawObject, siblings: readonly PatchedObject[]): PatchedObject | number => {
  if (raw.name !== null && raw.name.length >= MODULE_NAME_LENGTH_MAX) return failure('EINVAL')
  const loaded = isAlive(draft, raw.name)
  const name = objectName(raw.name)
  if (siblings.some(sibling => objectName(sibling.name) === name)) return refuseDuplicate(draft, patch, name)
  const functions = initFunctions(draft, patch, raw)
  if (typeof functions === 'number') return functions
  const object = { ...raw, functions, loaded, patched: false, postUnpatchEnabled: false }
  const result = loaded ? initObjectLoaded(draft, object) : 0
  return result === 0 ? object : result
}

/** All objects of a livepatch, or the first failure. Source: kernel/livepatch/core.c: klp_init_patch. */
export const initObjects = (draft: Draft, patch: string, raws: readonly RawObject[]): readonly PatchedObject[] | number => {
  const objects: PatchedObject[] = []
  for (const raw of raws) {
    const object = initObject(draft, patch, raw, objects)
    if (typeof object === 'number') return object
    objects.push(object)
  }
  return objects
}

/**
 * Whether one function can be hooked: 0 or a negative errno. Only the first livepatch of a function can fail, because later ones
 * find the hook there. Source: kernel/livepatch/patch.c: klp_patch_func.
 */
const hookResult = (draft: Draft, object: string | null, { name, key }: PatchedFunction): number => {
  const isTraceable = factsOf(draft, object, name)?.traceable !== false
  const isFree = draft.ftraceEnabled && (draft.taken.length === 0 || !isTaken(draft, object, key))
  if ((isTraceable && isFree) || isHooked(draft, object, key)) return 0
  if (!isTraceable) {
    say(draft, 'no-location', name)
    return failure('EINVAL')
  }
  say(draft, 'register-failed', name, `${failure('EBUSY')}`)
  return failure('EBUSY')
}

/**
 * Runs pre_patch and puts the object's functions on their stacks. `failed` says which of the two went wrong; the object then
 * stays unpatched, and whether its post_unpatch runs is for the caller, by `postUnpatchEnabled`.
 * Source: kernel/livepatch/core.c: __klp_enable_patch, klp_module_coming; patch.c: klp_patch_object.
 */
export const patchObject = (
  draft: Draft,
  patch: Patch,
  index: number,
): { readonly patch: Patch; readonly failed: null | 'pre-patch' | 'patch'; readonly result: number } => {
  const object = patch.objects[index]
  if (object === undefined) return { patch, failed: null, result: 0 }
  const result = prePatch(draft, patch, object)
  if (result !== 0) return { patch: replaceObject(draft, patch, index, { postUnpatchEnabled: false }), failed: 'pre-patch', result }
  for (const func of object.functions.values()) {
    const hooked = hookResult(draft, object.name, func)
    if (hooked !== 0) return { patch: replaceObject(draft, patch, index, { postUnpatchEnabled: true }), failed: 'patch', result: hooked }
  }
  registerHooks(draft, object)
  return { patch: replaceObject(draft, patch, index, { postUnpatchEnabled: true, patched: true }), failed: null, result: 0 }
}
