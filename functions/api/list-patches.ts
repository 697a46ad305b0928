import * as z from 'zod'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = { path: nothing, query: paging.extend({ series: z.string().max(64).optional() }), body: noBody }
export const question = onHouse('viewPatch')

export const listPatches =
  ({ catalog }: Pick<Ports, 'catalog'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    pageAnswer(await catalog.list({ series: query.series }, query))
