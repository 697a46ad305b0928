import { createHash } from 'node:crypto'
import type { Stack } from '../../shared/kernel/index.ts'
import { Digest, type Manifest } from '../../shared/livepatch/index.ts'

/** A hazard as the kernel's documentation tells it, to be run on the simulation core. */
export type Hazard = {
  /** What happens, in one sentence. */
  readonly title: string
  /** Where the kernel's documentation speaks of it. */
  readonly documented: string
  /** Loaded in this order before. */
  readonly running: readonly Manifest[]
  /** Modules that are loaded before. */
  readonly drivers?: readonly string[]
  /** The livepatch whose load is the hazard. */
  readonly next: Manifest
  /** The finding that sees it coming. */
  readonly finding: string
}

type Part = { readonly functions?: readonly string[]; readonly callbacks?: readonly (keyof Manifest['objects'][number]['callbacks'])[] }

type Given = Partial<Omit<Manifest, 'objects' | 'digest'>> & {
  readonly name: string
  readonly version: string
  readonly patches?: Readonly<Record<string, Part>>
}

export const RELEASE = '6.1.0-50-amd64'

/** A livepatch of the series `documentation`, cumulative unless said otherwise. */
export const livepatch = ({ patches = {}, ...given }: Given): Manifest => ({
  schema: 'supersede.manifest/1',
  digest: Digest.parse(
    createHash('sha256')
      .update(JSON.stringify({ patches, ...given }))
      .digest('hex'),
  ),
  size: 1,
  series: 'documentation',
  kernelRelease: RELEASE,
  arch: 'x86_64',
  replace: true,
  objects: Object.entries(patches).map(([name, { functions = [], callbacks = [] }]) => ({
    name: name === 'vmlinux' ? null : name,
    functions: functions.map(old => ({ name: old, sympos: '0' })),
    callbacks: Object.fromEntries(callbacks.map(kind => [kind, kind])),
  })),
  states: [],
  shadowImports: [],
  fixes: [],
  adopts: [],
  license: 'GPL',
  srcversion: null,
  depends: [],
  signature: { present: true, signer: 'documentation' },
  stated: [],
  ...given,
})

export const stackOf = ({ running, drivers = [] }: Hazard): Stack => ({
  kernelRelease: RELEASE,
  livepatches: running.map(({ name, digest }) => ({ name, digest, enabled: true, transition: false })),
  resident: [],
  targets: [...drivers].sort(),
  forced: false,
})

export const ALL_CALLBACKS = ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'] as const
