import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = { path: nothing, query: paging, body: noBody }
export const question = onHouse('viewFleet')

export const listFleets =
  ({ fleets }: Pick<Ports, 'fleets'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    pageAnswer(await fleets.list(query))
