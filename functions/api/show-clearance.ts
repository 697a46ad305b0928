import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { HostCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { hostPath } from './path-schemas.ts'

export const shape = { path: hostPath, query: nothing, body: noBody }

/** A host asks whether its stalled transition has been cleared; it checks the signature, and that it is this very transition, itself. */
export const showClearance =
  ({ fleets }: Pick<Ports, 'fleets'>) =>
  async ({ input: { path }, host, at }: HostCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const signed = host.host === path.host ? await fleets.clearance(path.host) : null
    if (!signed || signed.clearance.expiresAt <= at)
      return problem('no-clearance', 'Wait: nobody has cleared a transition of this host, or the clearance has expired.')
    return ok(signed)
  }
