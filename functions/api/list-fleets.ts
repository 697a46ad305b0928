import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { holdBrief, holdsOfFleet } from './hold-document.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = { path: nothing, query: paging, body: noBody }
export const question = onHouse('viewFleet')

/** Fleets, each with the holds on all of it. */
export const listFleets =
  ({ fleets, holds, now }: Pick<Ports, 'fleets' | 'holds' | 'now'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const [page, standing] = await Promise.all([fleets.list(query), holds.standing(now())])
    return pageAnswer(page, fleet => ({ ...fleet, holds: holdsOfFleet(standing, fleet.id).map(holdBrief) }))
  }
