import type { Stack } from '../shared/kernel/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import type { Ports } from './ports.ts'

const entriesOf = ({ livepatches, resident }: Stack) => [...livepatches, ...resident]

/**
 * Manifests of all livepatches that some stacks name, by module name: by digest where the host knows the file, by name where it does not.
 * What the catalog has never seen is missing, and the verdict says so.
 */
export const knownLivepatches = async (
  catalog: Ports['catalog'],
  cohorts: readonly { readonly stack: Stack }[],
): Promise<ReadonlyMap<string, Manifest>> => {
  const entries = cohorts.flatMap(({ stack }) => entriesOf(stack))
  const digests = [...new Set(entries.flatMap(({ digest }) => digest ?? []))]
  const byDigest = await catalog.manifests(digests)
  const nameless = [...new Set(entries.filter(({ digest }) => digest === null).map(({ name }) => name))]
  const byName = await Promise.all(nameless.map(name => catalog.byName(name)))
  return new Map([...byName.flatMap(manifest => manifest ?? []), ...byDigest.values()].map(manifest => [manifest.name, manifest]))
}
