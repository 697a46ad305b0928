import type { CallbackKind } from '../../livepatch/index.ts'
import type { Draft, Patch, PatchedObject } from '../machine.ts'
import { statesSeen } from './states.ts'

const record = (draft: Draft, patch: Patch, object: PatchedObject, callback: CallbackKind): void => {
  draft.events.push({
    kind: 'callback',
    livepatch: patch.name,
    object: object.name,
    callback,
    module: object.name === null ? 'none' : (draft.modules.get(object.name)?.state ?? 'none'),
    states: statesSeen(draft, patch),
  })
}

/**
 * Runs pre_patch if there is one and answers what it returned.
 * The caller keeps `result === 0` as `postUnpatchEnabled`; without a callback that is true as well.
 * Source: kernel/livepatch/core.h: klp_pre_patch_callback.
 */
export const prePatch = (draft: Draft, patch: Patch, object: PatchedObject): number => {
  const result = object.callbacks.pre_patch
  if (result === undefined) return 0
  record(draft, patch, object, 'pre_patch')
  return result
}

/** Source: kernel/livepatch/core.h: klp_post_patch_callback. */
export const postPatch = (draft: Draft, patch: Patch, object: PatchedObject): void => {
  if (object.callbacks.post_patch !== undefined) record(draft, patch, object, 'post_patch')
}

/** Source: kernel/livepatch/core.h: klp_pre_unpatch_callback. It looks at no flag. */
export const preUnpatch = (draft: Draft, patch: Patch, object: PatchedObject): void => {
  if (object.callbacks.pre_unpatch !== undefined) record(draft, patch, object, 'pre_unpatch')
}

/**
 * Runs post_unpatch if the object's pre_patch had succeeded. The caller clears `postUnpatchEnabled`.
 * Source: kernel/livepatch/core.h: klp_post_unpatch_callback.
 */
export const postUnpatch = (draft: Draft, patch: Patch, object: PatchedObject): void => {
  if (object.postUnpatchEnabled && object.callbacks.post_unpatch !== undefined) record(draft, patch, object, 'post_unpatch')
}
