import * as z from 'zod'
import { CHANGE_STATUSES } from '../../shared/change/index.ts'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = {
  path: nothing,
  query: paging.extend({ status: z.enum(CHANGE_STATUSES).optional(), fleet: z.string().max(128).optional() }),
  body: noBody,
}
export const question = onHouse('viewChange')

export const listChanges =
  ({ ledger }: Pick<Ports, 'ledger'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    pageAnswer(await ledger.changes({ status: query.status, fleet: query.fleet }, query))
