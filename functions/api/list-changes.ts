import * as z from 'zod'
import { CHANGE_STATUSES, isTerminal } from '../../shared/change/index.ts'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { type HoldsPorts, holdsOnEach } from '../situation-of.ts'
import { holdBrief } from './hold-document.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = {
  path: nothing,
  query: paging.extend({
    status: z.enum(CHANGE_STATUSES).optional(),
    fleet: z.string().max(128).optional(),
    review: z.literal('open').optional(),
  }),
  body: noBody,
}
export const question = onHouse('viewChange')

export const listChanges =
  (ports: HoldsPorts & Pick<Ports, 'ledger'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const page =
      query.review === 'open'
        ? await ports.ledger.openReviews(query)
        : await ports.ledger.changes({ status: query.status, fleet: query.fleet }, query)
    const open = page.items.filter(({ status }) => !isTerminal(status))
    const held = await holdsOnEach(ports, open)
    const holdsOf = new Map(open.map(({ id }, index) => [id, held[index] ?? []]))
    return pageAnswer(page, change => ({ ...change, holds: (holdsOf.get(change.id) ?? []).map(holdBrief) }))
  }
