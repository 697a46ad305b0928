import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { hostDocument, unknownHost } from './host-document.ts'
import { hostPath } from './path-schemas.ts'

export const shape = { path: hostPath, query: nothing, body: noBody }
export const question = onHouse('viewFleet')

/** A host as its newest report has it, and the newest clearance that it was given. */
export const showHost =
  ({ fleets }: Pick<Ports, 'fleets'>) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const [host, cleared] = await Promise.all([fleets.host(path.host), fleets.clearance(path.host)])
    return host ? ok({ ...hostDocument(host), cleared: cleared?.clearance ?? null }) : unknownHost(path.host)
  }
