import * as z from 'zod'
import { EDIT_STATUSES } from '../../shared/edition/index.ts'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = { path: nothing, query: paging.extend({ status: z.enum(EDIT_STATUSES).optional() }), body: noBody }
export const question = onHouse('viewPolicy')

export const listPolicyEdits =
  ({ policies }: Pick<Ports, 'policies'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    pageAnswer(await policies.edits({ status: query.status }, query))
