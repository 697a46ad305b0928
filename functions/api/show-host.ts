import type { Host } from '../../shared/fleet/index.ts'
import type { Hold } from '../../shared/policy/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { type HoldsPorts, holdsOnEach } from '../situation-of.ts'
import { holdBrief } from './hold-document.ts'
import { hostDocument, unknownHost } from './host-document.ts'
import { hostPath } from './path-schemas.ts'

export const shape = { path: hostPath, query: nothing, body: noBody }
export const question = onHouse('viewFleet')

/** The holds on a host's fleet and on what the host runs. */
const holdsOfHost = async (ports: HoldsPorts, { fleet, stack }: Host): Promise<readonly Hold[]> => {
  const digests = [...new Set((stack?.livepatches ?? []).map(({ digest }) => digest ?? ''))]
  const held = await holdsOnEach(
    ports,
    (digests.length === 0 ? [''] : digests).map(livepatch => ({ fleet, livepatch })),
  )
  return [...new Map(held.flat().map(hold => [hold.id, hold])).values()]
}

/** A host as its newest report has it, the newest clearance that it was given, and what is held of it. */
export const showHost =
  (ports: HoldsPorts & Pick<Ports, 'fleets'>) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const [host, cleared] = await Promise.all([ports.fleets.host(path.host), ports.fleets.clearance(path.host)])
    if (!host) return unknownHost(path.host)
    const holds = (await holdsOfHost(ports, host)).map(holdBrief)
    return ok({ ...hostDocument(host), cleared: cleared?.clearance ?? null, holds })
  }
