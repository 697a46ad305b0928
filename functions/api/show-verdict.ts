import * as z from 'zod'
import { onHouse, unknownChange } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { recomputed } from '../recomputation.ts'
import { verdictDigestOf } from './change-document.ts'
import { changePath } from './path-schemas.ts'

export const shape = { path: changePath, query: z.strictObject({ recompute: z.enum(['true', 'false']).optional() }), body: noBody }
export const question = onHouse('viewChange')

/** The stored verdict, and if asked what comes of working it out again from its stored inputs. */
export const showVerdict =
  ({ ledger, catalog, objects }: Pick<Ports, 'ledger' | 'catalog' | 'objects'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const loaded = await ledger.loadChange(path.change)
    if (!loaded) return unknownChange(path.change)
    const digest = verdictDigestOf(loaded.change)
    const verdict = digest === null ? null : await catalog.verdict(digest)
    if (!verdict) return problem('no-verdict-yet', 'Ask again in a moment: the change is still being judged.')
    const answer = { change: loaded.change.id, digest, verdict }
    return ok(query.recompute === 'true' ? { ...answer, recomputed: await recomputed({ catalog, objects }, verdict) } : answer)
  }
