import { failure } from '../errno.ts'
import { type Draft, findPatch, type Machine, objectName, type Patch, type PatchedObject } from '../machine.ts'
import { disablePatch } from './enable.ts'
import { forceTransition, reverseTransition } from './transition.ts'

/** One livepatch of /sys/kernel/livepatch as the recordings write it: attributes, then its objects. */
export type SysfsObject = { readonly patched?: string; readonly funcs: readonly string[] }
export type SysfsPatch = {
  readonly enabled: string
  readonly transition: string
  readonly replace?: string
  readonly stack_order?: string
  readonly objects: Readonly<Record<string, SysfsObject>>
}

const bit = (value: boolean): string => (value ? '1' : '0')

const byName = <Value>([a]: readonly [string, Value], [b]: readonly [string, Value]): number => (a < b ? -1 : 1)

const sorted = <Value>(entries: [string, Value][]): Record<string, Value> => Object.fromEntries(entries.sort(byName))

const objectTree = ({ rules }: Machine, { patched, functions }: PatchedObject): SysfsObject => {
  const funcs = [...functions.keys()].sort()
  return rules.patchedAttribute ? { patched: bit(patched), funcs } : { funcs }
}

const patchTree = (machine: Machine, patch: Patch, order: number): SysfsPatch => ({
  enabled: bit(patch.enabled),
  ...(machine.rules.replaceAttribute && { replace: bit(patch.image.replace) }),
  ...(machine.rules.stackOrderAttribute && { stack_order: `${order}` }),
  transition: bit(machine.transition?.patch === patch.name),
  objects: sorted(patch.objects.map(object => [objectName(object.name), objectTree(machine, object)])),
})

/** /sys/kernel/livepatch. Source: kernel/livepatch/core.c, the attributes of klp_ktype_patch, _object and _func. */
export const sysfsTree = (machine: Machine): Readonly<Record<string, SysfsPatch>> =>
  sorted(machine.patches.map((patch, index) => [patch.name, patchTree(machine, patch, index + 1)]))

/** Names and reference counts as /proc/modules shows them, sorted by name. */
export const loadedModules = (machine: Machine): Readonly<Record<string, string>> =>
  sorted(Array.from(machine.modules, ([name, module]) => [name, `${module.references}`]))

/**
 * Reads a word as the kernel does, by its first one or two characters: true, false, or undefined where it answers EINVAL.
 * Source: lib/kstrtox.c: kstrtobool.
 */
export const parseBoolean = (word: string, letters: string): boolean | undefined => {
  const first = word.slice(0, 1).toLowerCase()
  if (first === '1' || first === 'y') return true
  if (first === '0' || first === 'n') return false
  if (first === 'o') return { n: true, f: false }[word.slice(1, 2).toLowerCase()]
  if (first === '' || !letters.includes(first)) return undefined
  return first === 't' || first === 'e'
}

/**
 * Words are looked at in this order: unreadable, same as now (EINVAL), the livepatch in transition (reversed), another one in
 * transition (EBUSY). Nothing can be enabled again. Source: kernel/livepatch/core.c: enabled_store.
 */
const storeEnabled = (draft: Draft, patch: Patch, word: string): number => {
  const value = parseBoolean(word, draft.rules.booleanLetters)
  if (value === undefined || value === patch.enabled) return failure('EINVAL')
  if (draft.transition?.patch === patch.name) {
    reverseTransition(draft, patch)
    return 0
  }
  return value ? failure('EINVAL') : disablePatch(draft, patch)
}

/** Source: kernel/livepatch/core.c: force_store. */
const storeForce = (draft: Draft, patch: Patch, word: string): number => {
  const value = parseBoolean(word, draft.rules.booleanLetters)
  if (value === undefined) return failure('EINVAL')
  if (!value) return 0
  if (draft.transition?.patch !== patch.name) return failure('EINVAL')
  forceTransition(draft)
  return 0
}

/** Writes `enabled` or `force` of a livepatch. A livepatch that is not listed has no directory: ENOENT. An empty write does nothing. */
export const writeAttribute = (draft: Draft, attribute: 'enabled' | 'force', name: string, word: string): number => {
  const patch = findPatch(draft, name)
  if (patch === undefined) return failure('ENOENT')
  if (word === '') return 0
  return attribute === 'force' ? storeForce(draft, patch, word) : storeEnabled(draft, patch, word)
}
