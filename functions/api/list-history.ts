import * as z from 'zod'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { PERSON_ID_LENGTH_MAX } from '../http/identity.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = {
  path: nothing,
  query: paging.extend({
    actor: z.string().max(PERSON_ID_LENGTH_MAX).optional(),
    fleet: z.string().max(128).optional(),
    day: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written YYYY-MM-DD')
      .optional(),
  }),
  body: noBody,
}
export const question = onHouse('viewHistory')

/** Commits as they are chained: their hashes can be checked by whoever reads them. */
export const listHistory =
  ({ ledger }: Pick<Ports, 'ledger'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    pageAnswer(await ledger.commits({ actor: query.actor, fleet: query.fleet, day: query.day }, query))
