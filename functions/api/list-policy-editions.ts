import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'

export const shape = { path: nothing, query: paging, body: noBody }
export const question = onHouse('viewPolicy')

/** What came into force, newest first; each with the edit that holds its texts and who approved them. */
export const listPolicyEditions =
  ({ policies }: Pick<Ports, 'policies'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    pageAnswer(await policies.editions(query))
