import type { StateSeen } from '../event.ts'
import type { LivepatchImage, StateImage } from '../image.ts'
import type { Draft, Machine, Patch } from '../machine.ts'

/** The state of that id that a livepatch declares. Source: kernel/livepatch/state.c: klp_get_state. */
export const getState = (image: LivepatchImage, id: string): StateImage | undefined => image.states.find(state => state.id === id)

/**
 * The newest state of that id among the livepatches older than the one in transition. Outside a transition there is none
 * (the kernel warns). Source: kernel/livepatch/state.c: klp_get_prev_state.
 */
export const getPreviousState = (machine: Machine, id: string): StateImage | undefined => {
  if (machine.transition === null) return undefined
  let found: StateImage | undefined
  for (const patch of machine.patches) {
    if (patch.name === machine.transition.patch) break
    found = getState(patch.image, id) ?? found
  }
  return found
}

/** What a callback of the livepatch learns about its states. */
export const statesSeen = (draft: Draft, patch: Patch): readonly StateSeen[] =>
  patch.image.states.map(({ id, version }) => ({ id, version, previous: getPreviousState(draft, id)?.version ?? null }))

const isStateCompatible = (image: LivepatchImage, old: StateImage): boolean => {
  const state = getState(image, old.id)
  return state === undefined ? !image.replace : state.version >= old.version
}

/**
 * A livepatch may be enabled when it has every state of every listed livepatch in the same or a newer version; one that is not
 * cumulative may leave states out. Source: kernel/livepatch/state.c: klp_is_patch_compatible.
 */
export const isCompatible = (machine: Machine, image: LivepatchImage): boolean =>
  machine.patches.every(patch => patch.image.states.every(old => isStateCompatible(image, old)))
