import * as z from 'zod'
import { liftHold as decideLift } from '../../shared/policy/index.ts'
import { aboutHold, appendHold } from '../holds/append-hold.ts'
import { type CarryOutPorts, letGo } from '../holds/carry-out.ts'
import { tellStop } from '../holds/tell-stop.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { holdDocument } from './hold-document.ts'
import { holdPath } from './path-schemas.ts'

export const shape = {
  path: holdPath,
  query: nothing,
  body: z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500) }),
}
type Call = PersonCall<InputOf<typeof shape>>
export const question = aboutHold('liftHold')

/**
 * Lifts a hold. What waited for it alone goes on at once; what it halted waits for a person who resumes it, because nobody knows here whether
 * what was feared came true. The same word of the same person again finishes what a crash left.
 */
export const liftHold =
  (ports: CarryOutPorts) =>
  async (call: Call): Promise<Outcome> => {
    const { input, person } = call
    const by = { id: person.id, name: person.name }
    const lifted = await appendHold(ports, call, input.path.hold, (loaded, now) => {
      if (loaded === null || loaded.hold.lifted?.by.id === person.id) return 'done'
      return decideLift(loaded.hold, { by, reason: input.body.reason }, now)
    })
    if ('problem' in lifted) return lifted
    const { scope, target } = lifted.hold
    if (scope === 'everything') await tellStop(ports)
    await letGo(ports, scope === 'fleet' ? target : null)
    return ok(holdDocument(lifted.hold, ports.now()))
  }
