import * as z from 'zod'
import { viewDigest } from '../../shared/change/index.ts'
import { onHouse, unknownChange } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { recomputed } from '../recomputation.ts'
import { verdictDigestOf } from './change-document.ts'
import { changePath } from './path-schemas.ts'

const flag = z.enum(['true', 'false']).optional()

export const shape = { path: changePath, query: z.strictObject({ recompute: flag, newest: flag }), body: noBody }
export const question = onHouse('viewChange')

/** The stored verdict that people approve, or the newest one on stacks that appeared since; and if asked what comes of working it out again from its stored inputs. */
export const showVerdict =
  ({ ledger, catalog, objects }: Pick<Ports, 'catalog' | 'objects'> & { readonly ledger: Pick<Ports['ledger'], 'loadChange'> }) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const loaded = await ledger.loadChange(path.change)
    if (!loaded) return unknownChange(path.change)
    const newest = query.newest === 'true' ? loaded.change.rollout?.rejudged?.at(-1) : undefined
    const digest = newest?.verdict ?? verdictDigestOf(loaded.change)
    const verdict = digest === null ? null : await catalog.verdict(digest)
    if (!verdict) return problem('no-verdict-yet', 'Ask again in a moment: the change is still being judged.')
    const answer = { change: loaded.change.id, digest, view: viewDigest(loaded.change), verdict }
    return ok(query.recompute === 'true' ? { ...answer, recomputed: await recomputed({ catalog, objects }, verdict) } : answer)
  }
