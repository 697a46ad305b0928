import { failure } from '../errno.ts'
import { type Draft, type Patch, replaceObject, setModule } from '../machine.ts'
import { postPatch, postUnpatch, preUnpatch } from './callbacks.ts'
import { unregisterHooks } from './function-stack.ts'
import { say } from './log.ts'
import { initObjectLoaded, patchObject } from './objects.ts'

const setAlive = (draft: Draft, name: string, alive: boolean): void => {
  const module = draft.modules.get(name)
  if (module !== undefined) setModule(draft, name, { ...module, alive })
}

/** Applies one livepatch to the module: 0 or the failure, after whose lines the module is refused. */
const applyTo = (draft: Draft, patch: Patch, index: number, module: string): number => {
  const loaded = replaceObject(draft, patch, index, { loaded: true })
  const object = loaded.objects[index]
  if (object === undefined) return 0
  const found = initObjectLoaded(draft, object)
  if (found !== 0) {
    say(draft, 'initialize-failed', patch.name, module, `${found}`)
    return found
  }
  say(draft, 'applying', patch.name, module)
  const done = patchObject(draft, loaded, index)
  const patched = done.patch.objects[index] ?? object
  if (done.failed === 'pre-patch') say(draft, 'pre-patch-failed', module)
  if (done.failed === 'patch') {
    say(draft, 'apply-failed', patch.name, module, `${done.result}`)
    postUnpatch(draft, done.patch, patched)
  }
  if (done.failed === null && draft.transition?.patch !== patch.name) postPatch(draft, done.patch, patched)
  return done.result
}

/**
 * Called before a module's init: every listed livepatch that patches the module is applied, oldest first. If one cannot be, the
 * module is refused and the older ones are reverted. A livepatch in transition runs its post_patch when that ends, not here.
 * Source: kernel/livepatch/core.c: klp_module_coming.
 */
export const moduleComing = (draft: Draft, name: string): number => {
  if (name === 'vmlinux') {
    say(draft, 'vmlinux-module')
    return failure('EINVAL')
  }
  setAlive(draft, name, true)
  for (const patch of draft.patches) {
    const index = patch.objects.findIndex(object => object.name === name)
    if (index < 0) continue
    const result = applyTo(draft, patch, index, name)
    if (result === 0) continue
    say(draft, 'refusing', patch.name, name)
    setAlive(draft, name, false)
    const failed = draft.patches.find(other => other.name === patch.name) ?? patch
    replaceObject(draft, failed, index, { loaded: false, postUnpatchEnabled: false })
    cleanUp(draft, name, patch.name)
    return result
  }
  return 0
}

/** Reverts the livepatches older than `limit`, or all. Source: kernel/livepatch/core.c: klp_cleanup_module_patches_limited. */
const cleanUp = (draft: Draft, name: string, limit: string | null): void => {
  for (const patch of draft.patches) {
    if (patch.name === limit) return
    const index = patch.objects.findIndex(object => object.name === name)
    const object = patch.objects[index]
    if (object === undefined) continue
    if (draft.transition?.patch !== patch.name) preUnpatch(draft, patch, object)
    say(draft, 'reverting', patch.name, name)
    const unpatched = replaceObject(draft, patch, index, { patched: false })
    unregisterHooks(draft)
    postUnpatch(draft, unpatched, object)
    replaceObject(draft, unpatched, index, { loaded: false, postUnpatchEnabled: false })
  }
}

/** Called after a module's exit, or after its init failed. Never fails, never waits. Source: kernel/livepatch/core.c: klp_module_going. */
export const moduleGoing = (draft: Draft, name: string): void => {
  setAlive(draft, name, false)
  cleanUp(draft, name, null)
}
