import type { LivepatchImage } from './image.ts'
import { functionKey, registerHooks } from './klp/function-stack.ts'
import { initObjects, staticObjects } from './klp/objects.ts'
import { addNops } from './klp/replace.ts'
import {
  boot,
  type Draft,
  draftOf,
  type Machine,
  type Module,
  type Patch,
  type PatchedObject,
  seal,
  setModule,
  type Task,
} from './machine.ts'
import type { Stack, StackEntry } from './stack.ts'

/**
 * The report that a host would send of this machine. `digests` are those of the livepatches that the agent itself loaded.
 */
export const stackOf = (machine: Machine, digests: ReadonlyMap<string, string> = new Map()): Stack => {
  const listed = new Set(machine.patches.map(patch => patch.name))
  const modules = [...machine.modules].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    kernelRelease: machine.release,
    livepatches: machine.patches.map(({ name, enabled }) => ({
      name,
      digest: digests.get(name) ?? null,
      enabled,
      transition: machine.transition?.patch === name,
    })),
    resident: modules
      .filter(([name, module]) => module.image.kind === 'livepatch' && !listed.has(name))
      .map(([name, module]) => ({ name, digest: digests.get(name) ?? null, refcnt: module.references })),
    targets: modules.filter(([, module]) => module.image.kind === 'target').map(([name]) => name),
    forced: machine.forced,
  }
}

const nothingKnown = (name: string): LivepatchImage => ({ kind: 'livepatch', name, replace: false, states: [], objects: [] })

const module = (image: Module['image'], references: number): Module => ({
  image,
  state: 'live',
  references,
  alive: true,
  released: false,
})

/** Objects of a listed livepatch: whatever is loaded has been patched, which ran its pre_patch with success. */
const asPatched = (object: PatchedObject): PatchedObject => ({
  ...object,
  patched: object.loaded,
  postUnpatchEnabled: object.loaded,
})

/** A cumulative livepatch has its nops only while it replaces. */
const relist = (draft: Draft, image: LivepatchImage, entry: StackEntry): Patch => {
  const raws = staticObjects(image)
  const objects = initObjects(draft, image.name, image.replace && entry.transition && entry.enabled ? addNops(draft, raws) : raws)
  return {
    name: image.name,
    image,
    enabled: entry.enabled,
    forced: false,
    objects: typeof objects === 'number' ? [] : objects.map(asPatched),
  }
}

/** Stands for the tasks that an open transition waits for: a report does not say who they are. */
const unreported = (target: 0 | 1): Task => ({
  id: 'unreported',
  kthread: false,
  module: null,
  patchState: target === 1 ? 0 : 1,
  pending: true,
  base: [],
  stack: 'unknown',
  sleep: null,
  call: null,
  doomed: false,
  end: null,
})

const reopenTransition = (draft: Draft, { name, enabled }: StackEntry): void => {
  const target = enabled ? 1 : 0
  draft.transition = { patch: name, direction: enabled ? 'patching' : 'unpatching', tries: 1 }
  draft.kthreadd = target
  draft.tasks = [unreported(target)]
  draft.retryAtMs = 1000
}

const unknownOfListed = ({ name, transition }: StackEntry, images: ReadonlyMap<string, LivepatchImage>): readonly string[] => [
  ...(images.has(name) ? [] : [`what the livepatch ${name} patches and which callbacks and states it has`]),
  ...(transition ? [`which tasks keep the transition of ${name} from ending`, `how often that transition was tried`] : []),
]

const unknownOf = (stack: Stack, images: ReadonlyMap<string, LivepatchImage>): readonly string[] => [
  ...stack.livepatches.flatMap(entry => unknownOfListed(entry, images)),
  ...stack.resident.filter(({ name }) => !images.has(name)).map(({ name }) => `what the resident livepatch ${name} is`),
  ...(stack.forced && stack.livepatches.length > 0
    ? [`which of the livepatches ${stack.livepatches.map(({ name }) => name).join(', ')} are pinned by the forced transition`]
    : []),
]

/** The machine with the users of tracing that a host tells of: those that have a function for themselves, and whether ftrace is on. */
export const withTracing = (machine: Machine, tracing: Stack['tracing']): Machine =>
  tracing === undefined
    ? machine
    : {
        ...machine,
        ftraceEnabled: tracing.ftraceEnabled,
        taken: (tracing.tracers ?? []).flatMap(({ object, function: name, exclusive }) =>
          exclusive ? [{ object, key: functionKey(name, '0') }] : [],
        ),
      }

/**
 * A machine as far as a report tells it. `images` holds what is known of livepatches, by module name. What a report cannot tell is
 * named in `unknown`, in words, and never guessed: a livepatch without an image is listed with no objects, an open transition waits
 * for a task that nobody knows. Functions are taken to be there, as with `boot`.
 */
export const machineOf = (
  stack: Stack,
  images: ReadonlyMap<string, LivepatchImage>,
): { readonly machine: Machine; readonly unknown: readonly string[] } => {
  const draft = draftOf(boot({ release: stack.kernelRelease }))
  draft.forced = stack.forced
  for (const name of stack.targets) setModule(draft, name, module({ kind: 'target', name }, 0))
  for (const { name, refcnt } of stack.resident) setModule(draft, name, module(images.get(name) ?? nothingKnown(name), refcnt))
  for (const entry of stack.livepatches) {
    const image = images.get(entry.name) ?? nothingKnown(entry.name)
    draft.tainted = true
    setModule(draft, entry.name, module(image, 1))
    const patch = relist(draft, image, entry)
    for (const object of patch.objects) if (object.patched) registerHooks(draft, object)
    draft.patches = [...draft.patches, patch]
    if (entry.transition) reopenTransition(draft, entry)
  }
  return { machine: withTracing(seal(draft), stack.tracing), unknown: unknownOf(stack, images) }
}
