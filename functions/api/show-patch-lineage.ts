import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { digestPath } from './path-schemas.ts'
import { unknownLivepatch } from './show-patch.ts'

export const shape = { path: digestPath, query: paging.pick({ limit: true }), body: noBody }
export const question = onHouse('viewPatch')

/** Both sides of one livepatch, newest facts; the graph around it is another operation. */
export const showPatchLineage =
  ({ catalog, lineage }: Pick<Ports, 'catalog' | 'lineage'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const [manifest, replaced, replacedBy] = await Promise.all([
      catalog.manifest(path.digest),
      lineage.replaced(path.digest, query),
      lineage.replacedBy(path.digest, query),
    ])
    if (!manifest) return unknownLivepatch(path.digest)
    const { digest, name, series, version } = manifest
    return ok({ livepatch: { digest, name, series, version }, replaced: replaced.items, replacedBy: replacedBy.items })
  }
