import { type Errno, failure } from '../errno.ts'
import type { Draft, Machine } from '../machine.ts'
import { type SysfsObject, type SysfsPatch, sysfsTree, writeAttribute } from './sysfs.ts'

type Attribute = {
  readonly kind: 'attribute'
  readonly mode: '0644' | '0444' | '0200'
  /** What reading it answers; undefined: it cannot be read. */
  readonly value: string | undefined
}
type Directory = { readonly kind: 'directory'; readonly mode: '0755'; readonly entries: ReadonlyMap<string, SysfsNode> }
export type SysfsNode = Attribute | Directory

const directory = (entries: readonly (readonly [string, SysfsNode])[]): Directory => ({
  kind: 'directory',
  mode: '0755',
  entries: new Map(entries),
})

const readOnly = (name: string, value: string | undefined): readonly (readonly [string, SysfsNode])[] =>
  value === undefined ? [] : [[name, { kind: 'attribute', mode: '0444', value }]]

const objectDirectory = ({ patched, funcs }: SysfsObject): Directory =>
  directory([...readOnly('patched', patched), ...funcs.map(name => [name, directory([])] as const)])

const patchDirectory = ({ enabled, transition, replace, stack_order, objects }: SysfsPatch): Directory =>
  directory([
    ['enabled', { kind: 'attribute', mode: '0644', value: enabled }],
    ['force', { kind: 'attribute', mode: '0200', value: undefined }],
    ...readOnly('transition', transition),
    ...readOnly('replace', replace),
    ...readOnly('stack_order', stack_order),
    ...Object.entries(objects).map(([name, object]) => [name, objectDirectory(object)] as const),
  ])

/**
 * What is at a path below /sys/kernel/livepatch (`p1/enabled`, `p1/vmlinux/patched`), with its mode, or why there is nothing.
 * Source: kernel/livepatch/core.c: the __ATTR, __ATTR_RO and __ATTR_WO lines.
 */
export const sysfsNode = (machine: Machine, path: string): SysfsNode | { readonly error: Errno } => {
  let node: SysfsNode = directory(Object.entries(sysfsTree(machine)).map(([name, patch]) => [name, patchDirectory(patch)] as const))
  for (const part of path.split('/').filter(name => name !== '')) {
    if (node.kind === 'attribute') return { error: 'ENOTDIR' }
    const next = node.entries.get(part)
    if (next === undefined) return { error: 'ENOENT' }
    node = next
  }
  return node
}

/**
 * Reads an attribute. Opening one that is not readable fails even for root, because sysfs looks at the mode itself.
 * Source: fs/kernfs/file.c: kernfs_fop_open.
 */
export const readAttribute = (machine: Machine, path: string): { readonly value: string } | { readonly error: Errno } => {
  const node = sysfsNode(machine, path)
  if ('error' in node) return node
  if (node.kind === 'directory') return { error: 'EISDIR' }
  return node.value === undefined ? { error: 'EACCES' } : { value: node.value }
}

/** Writes to any path below /sys/kernel/livepatch: 0 or a negative errno. */
export const writePath = (draft: Draft, path: string, word: string): number => {
  const node = sysfsNode(draft, path)
  if ('error' in node) return failure(node.error)
  if (node.kind === 'directory') return failure('EISDIR')
  if (node.mode === '0444') return failure('EACCES')
  const [patch = '', attribute] = path.split('/').filter(name => name !== '')
  return writeAttribute(draft, attribute === 'force' ? 'force' : 'enabled', patch, word)
}
