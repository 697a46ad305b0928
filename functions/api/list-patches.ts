import * as z from 'zod'
import { holdsInForce } from '../../shared/policy/index.ts'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { HoldsPorts } from '../situation-of.ts'
import { holdBrief } from './hold-document.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = { path: nothing, query: paging.extend({ series: z.string().max(64).optional() }), body: noBody }
export const question = onHouse('viewPatch')

/** Livepatches, each with the holds on it. */
export const listPatches =
  ({ catalog, holds, now }: HoldsPorts) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const at = now()
    const [page, standing] = await Promise.all([catalog.list({ series: query.series }, query), holds.standing(at)])
    const holdsOf = ({ digest, series }: (typeof page.items)[number]) =>
      holdsInForce(standing, { fleet: '', livepatch: digest, series }, at).map(holdBrief)
    return pageAnswer(page, manifest => ({ ...manifest, holds: holdsOf(manifest) }))
  }
