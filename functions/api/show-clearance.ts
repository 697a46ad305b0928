import type { Host } from '../../shared/fleet/index.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { HostCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { hostPath } from './path-schemas.ts'

export const shape = { path: hostPath, query: nothing, body: noBody }

/** Not before what is known of the host: a clock that is set back brings no clearance back that had expired when it was heard from. */
const noEarlier = (at: number, known: Host | null): number => Math.max(at, known?.lastSeenAt ? Date.parse(known.lastSeenAt) : 0)

/** A host asks whether its stalled transition has been cleared; it checks the signature, and that it is this very transition, itself. */
export const showClearance =
  ({ fleets }: Pick<Ports, 'fleets'>) =>
  async ({ input: { path }, host, at }: HostCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const signed = host.host === path.host ? await fleets.clearance(path.host) : null
    if (!signed || signed.clearance.expiresAt <= noEarlier(at, await fleets.host(path.host)))
      return problem('no-clearance', 'Wait: nobody has cleared a transition of this host, or the clearance has expired.')
    return ok(signed)
  }
