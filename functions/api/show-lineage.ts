import * as z from 'zod'
import { walkLineage } from '../../shared/lineage/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { digestPath } from './path-schemas.ts'
import { unknownLivepatch } from './show-patch.ts'

export const shape = {
  path: digestPath,
  query: z.object({
    direction: z.enum(['newer', 'older', 'both']).default('both'),
    limit: z.coerce.number().int().min(1).max(100).default(100),
  }),
  body: noBody,
}
export const question = onHouse('viewPatch')

const EDGES_MAX = 100

export const showLineage =
  ({ catalog, lineage }: Pick<Ports, 'catalog' | 'lineage'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    if (!(await catalog.manifest(path.digest))) return unknownLivepatch(path.digest)
    const page = { limit: EDGES_MAX }
    const edgesAt = async (digest: string) => {
      const older = query.direction === 'newer' ? [] : (await lineage.replaced(digest, page)).items
      const newer = query.direction === 'older' ? [] : (await lineage.replacedBy(digest, page)).items
      return [...older, ...newer]
    }
    const { livepatches, ...graph } = await walkLineage(path.digest, query.direction, edgesAt, query.limit)
    const manifests = await catalog.manifests(livepatches)
    const shown = livepatches.map(digest => {
      const manifest = manifests.get(digest)
      return { digest, name: manifest?.name ?? null, series: manifest?.series ?? null, version: manifest?.version ?? null }
    })
    return ok({ ...graph, livepatches: shown })
  }
