import { type Errno, failure } from '../errno.ts'
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

const sorted = <Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> =>
  Object.fromEntries(entries.toSorted(byName))

const objectTree = (machine: Machine, { patched, functions }: PatchedObject): SysfsObject => ({
  ...(machine.rules.patchedAttribute && { patched: bit(patched) }),
  funcs: [...functions.keys()].sort(),
})

const patchTree = (machine: Machine, patch: Patch, order: number): SysfsPatch => ({
  enabled: bit(patch.enabled),
  ...(machine.rules.replaceAttribute && { replace: bit(patch.image.replace) }),
  ...(machine.rules.stackOrderAttribute && { stack_order: `${order}` }),
  transition: bit(machine.transition?.patch === patch.name),
  objects: sorted(patch.objects.map(object => [objectName(object.name), objectTree(machine, object)] as const)),
})

/** /sys/kernel/livepatch. Source: kernel/livepatch/core.c, the attributes of klp_ktype_patch, _object and _func. */
export const sysfsTree = (machine: Machine): Readonly<Record<string, SysfsPatch>> =>
  sorted(machine.patches.map((patch, index) => [patch.name, patchTree(machine, patch, index + 1)] as const))

/** Names and reference counts as /proc/modules shows them, sorted by name. */
export const loadedModules = (machine: Machine): Readonly<Record<string, string>> =>
  sorted([...machine.modules].map(([name, module]) => [name, `${module.references}`] as const))

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

type Entry =
  | { readonly kind: 'directory'; readonly mode: '0755' }
  /** `value`: what reading it answers; undefined: it cannot be read. */
  | { readonly kind: 'attribute'; readonly mode: '0644' | '0444' | '0200'; readonly value: string | undefined }

const DIRECTORY: Entry = { kind: 'directory', mode: '0755' }

const readable = (value: string | undefined): Entry | undefined =>
  value === undefined ? undefined : { kind: 'attribute', mode: '0444', value }

const objectEntry = (object: SysfsObject | undefined, name: string | undefined): Entry | undefined => {
  if (object === undefined) return undefined
  if (name === undefined || object.funcs.includes(name)) return DIRECTORY
  return name === 'patched' ? readable(object.patched) : undefined
}

const patchEntry = (
  { enabled, transition, replace, stack_order, objects }: SysfsPatch,
  name: string,
  inner?: string,
): Entry | undefined => {
  if (inner !== undefined || objects[name] !== undefined) return objectEntry(objects[name], inner)
  switch (name) {
    case 'enabled':
      return { kind: 'attribute', mode: '0644', value: enabled }
    case 'force':
      return { kind: 'attribute', mode: '0200', value: undefined }
    case 'transition':
      return readable(transition)
    case 'replace':
      return readable(replace)
    case 'stack_order':
      return readable(stack_order)
    default:
      return undefined
  }
}

/**
 * What is at a path below /sys/kernel/livepatch (`p1/enabled`, `p1/vmlinux/patched`), with its mode; undefined: nothing.
 * Source: kernel/livepatch/core.c: __ATTR, __ATTR_RO and __ATTR_WO lines.
 */
export const sysfsEntry = (machine: Machine, path: string): Entry | undefined => {
  const [patch, name, inner, ...rest] = path.split('/').filter(part => part !== '')
  if (rest.length > 0) return undefined
  if (patch === undefined) return DIRECTORY
  const tree = sysfsTree(machine)[patch]
  return tree === undefined || name === undefined ? tree && DIRECTORY : patchEntry(tree, name, inner)
}

/**
 * Reads an attribute. Opening one that is not readable fails even for root, because sysfs looks at the mode itself
 * (fs/kernfs/file.c: kernfs_fop_open).
 */
export const readAttribute = (machine: Machine, path: string): { readonly value: string } | { readonly error: Errno } => {
  const entry = sysfsEntry(machine, path)
  if (entry === undefined) return { error: 'ENOENT' }
  if (entry.kind === 'directory') return { error: 'EISDIR' }
  return entry.value === undefined ? { error: 'EACCES' } : { value: entry.value }
}

/** Writes `enabled` or `force` of a livepatch. A livepatch that is not listed has no directory: ENOENT. An empty write does nothing. */
export const writeAttribute = (draft: Draft, attribute: 'enabled' | 'force', name: string, word: string): number => {
  const patch = findPatch(draft, name)
  if (patch === undefined) return failure('ENOENT')
  if (word === '') return 0
  return attribute === 'force' ? storeForce(draft, patch, word) : storeEnabled(draft, patch, word)
}

/** Writes to any path below /sys/kernel/livepatch. */
export const writePath = (draft: Draft, path: string, word: string): number => {
  const entry = sysfsEntry(draft, path)
  if (entry === undefined) return failure('ENOENT')
  if (entry.kind === 'directory') return failure('EISDIR')
  if (entry.mode === '0444') return failure('EACCES')
  const [name = '', attribute] = path.split('/').filter(part => part !== '')
  return writeAttribute(draft, attribute === 'force' ? 'force' : 'enabled', name, word)
}
