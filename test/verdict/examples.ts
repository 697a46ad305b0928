import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Stack } from '../../shared/kernel/index.ts'
import { Digest, digestOfModule, type Manifest, manifestOf, readModule } from '../../shared/livepatch/index.ts'

export const RELEASE = '6.1.0-50-amd64'

type ObjectShorthand = {
  readonly functions?: readonly string[]
  readonly callbacks?: readonly (keyof Manifest['objects'][number]['callbacks'])[]
}

export type LivepatchShorthand = Partial<Omit<Manifest, 'objects' | 'adopts' | 'digest'>> & {
  readonly name: string
  readonly version: string
  readonly on?: Readonly<Record<string, ObjectShorthand>>
  readonly adopts?: readonly string[]
}

const objectsOf = (on: Readonly<Record<string, ObjectShorthand>>): Manifest['objects'] =>
  Object.entries(on).map(([name, { functions = [], callbacks = [] }]) => ({
    name: name === 'vmlinux' ? null : name,
    functions: functions.map(func => ({ name: func, sympos: '0' })),
    callbacks: Object.fromEntries(callbacks.map(kind => [kind, `lp_${kind}`])),
  }))

const CALLBACKS = new Map([
  ['pre_patch', 'pre_patch'],
  ['post_patch', 'post_patch'],
  ['pre_unpatch', 'pre_unpatch'],
  ['post_unpatch', 'post_unpatch'],
] as const)

const adoptionOf = (text: string): Manifest['adopts'][number] => {
  const [livepatch = '', object = '', kind = ''] = text.split(':')
  const callback = [...CALLBACKS.keys()].find(candidate => candidate === kind)
  if (!callback) throw new Error(`no callback ${kind}`)
  return { livepatch, object: object === 'vmlinux' ? null : object, callback, source: 'module' }
}

/** A manifest of the series `lp`, cumulative unless said otherwise. Its digest is made of its fields. */
export const livepatch = ({ on = {}, adopts = [], ...given }: LivepatchShorthand): Manifest => ({
  schema: 'supersede.manifest/1',
  digest: Digest.parse(
    createHash('sha256')
      .update(JSON.stringify({ on, adopts, ...given }))
      .digest('hex'),
  ),
  size: 4096,
  series: 'lp',
  kernelRelease: RELEASE,
  arch: 'x86_64',
  replace: true,
  objects: objectsOf(on),
  states: [],
  shadowImports: [],
  fixes: [],
  adopts: adopts.map(adoptionOf),
  license: 'GPL',
  srcversion: null,
  depends: [],
  signature: { present: true, signer: 'CN=livepatch' },
  stated: [],
  ...given,
})

export const ALL = ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'] as const

/** The demo series: `1` without callbacks, `2` with, `3` with declared states, and a hotfix that is not cumulative. */
export const one = livepatch({ name: 'lp_1', version: '1', on: { vmlinux: { functions: ['f'] } }, fixes: ['CVE-2026-0001'] })
export const two = livepatch({
  name: 'lp_2',
  version: '2',
  on: { vmlinux: { functions: ['f', 'g'], callbacks: ALL } },
  fixes: ['CVE-2026-0001', 'CVE-2026-0002'],
})
export const three = livepatch({
  name: 'lp_3',
  version: '3',
  on: { vmlinux: { functions: ['f', 'g', 'h'], callbacks: ALL } },
  states: [{ id: '1', version: 1 }],
  fixes: ['CVE-2026-0001', 'CVE-2026-0002', 'CVE-2026-0003'],
})
export const hotfix = livepatch({
  name: 'hotfix',
  version: '1',
  series: 'hotfix',
  replace: false,
  on: { vmlinux: { functions: ['x'] } },
  fixes: ['CVE-2026-0009'],
})

type StackShorthand = Partial<Omit<Stack, 'livepatches' | 'resident'>> & {
  readonly resident?: readonly (Manifest | { readonly manifest: Manifest; readonly refcnt: number })[]
  readonly inTransition?: Manifest
}

/** A stack of these livepatches, oldest first, all enabled. */
export const stackOf = (livepatches: readonly Manifest[], { resident = [], inTransition, ...given }: StackShorthand = {}): Stack => ({
  kernelRelease: RELEASE,
  livepatches: livepatches.map(({ name, digest }) => ({ name, digest, enabled: true, transition: name === inTransition?.name })),
  resident: resident.map(entry =>
    'manifest' in entry
      ? { name: entry.manifest.name, digest: entry.manifest.digest, refcnt: entry.refcnt }
      : { name: entry.name, digest: entry.digest, refcnt: 0 },
  ),
  targets: [],
  forced: false,
  ...given,
})

export const known = (...manifests: readonly Manifest[]): ReadonlyMap<string, Manifest> =>
  new Map([one, two, three, hotfix, ...manifests].map(manifest => [manifest.name, manifest]))

/** What the file of a module says, without any statement. */
export const fromFile = (path: string): Manifest => {
  const bytes = readFileSync(path)
  const module = readModule(bytes)
  if (!module.ok) throw new Error(module.error.reason)
  const result = manifestOf(module.module, {}, { digest: Digest.parse(digestOfModule(bytes)), size: bytes.length })
  if (!result.ok) throw new Error(result.error.reason)
  return result.manifest
}
