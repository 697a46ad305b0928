import type { Inputs, Known, Recordable } from '../shared/verdict/index.ts'
import type { Ports } from './ports.ts'
import { withTrust } from './with-trust.ts'

/** What a stored verdict was worked out from, as it was written down; or the digest of a livepatch that the catalog does not have. */
export const judgedOnInputs = async (
  ports: Pick<Ports, 'catalog' | 'objects'>,
  { livepatch, known, cohorts, route, stricter, trust, accepts }: Inputs,
): Promise<{ readonly asked: Recordable } | { readonly missing: string }> => {
  const manifests = await ports.catalog.manifests([...new Set([livepatch, ...known])])
  const submitted = manifests.get(livepatch)
  const missing = [livepatch, ...known].find(digest => !manifests.has(digest))
  if (!submitted || missing !== undefined) return { missing: missing ?? livepatch }
  const all: Known = new Map(known.flatMap(digest => manifests.get(digest) ?? []).map(manifest => [manifest.name, manifest]))
  const asked = { livepatch: await withTrust(ports, trust, submitted), trust, cohorts, known: all, route, accepts }
  return { asked: Object.keys(stricter).length === 0 ? asked : { ...asked, stricter: new Map(Object.entries(stricter)) } }
}
