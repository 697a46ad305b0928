import { onFleet } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { hostDocument } from './host-document.ts'
import { pageAnswer } from './page-answer.ts'
import { fleetPath } from './path-schemas.ts'
import { unknownFleet } from './show-fleet.ts'

export const shape = { path: fleetPath, query: paging, body: noBody }
export const question = onFleet('viewFleet', ({ path }: InputOf<typeof shape>) => path.fleet)

export const listHosts =
  ({ fleets }: Pick<Ports, 'fleets'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    (await fleets.summary(path.fleet)) ? pageAnswer(await fleets.hosts(path.fleet, query), hostDocument) : unknownFleet(path.fleet)
