import * as z from 'zod'
import { extendHold as decideExtend } from '../../shared/policy/index.ts'
import { aboutHold, appendHold } from '../holds/append-hold.ts'
import { type TellStopPorts, tellStop } from '../holds/tell-stop.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { holdDocument } from './hold-document.ts'
import { endOf, holdEnd, holdEndIssue } from './hold-end.ts'
import { holdPath } from './path-schemas.ts'

const Body = z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500), ...holdEnd }).superRefine((body, issues) => {
  holdEndIssue(body, issues)
  if (body.expiresAt === undefined && body.hours === undefined)
    issues.addIssue({ code: 'custom', path: ['expiresAt'], message: 'say until when, or for how many `hours` from now' })
})

export const shape = { path: holdPath, query: nothing, body: Body }
type Call = PersonCall<InputOf<typeof shape>>
export const question = aboutHold('extendHold')

/** Lets a hold last longer than was said. It stays its owner's. */
export const extendHold =
  (ports: TellStopPorts & Pick<Ports, 'policy'>) =>
  async (call: Call): Promise<Outcome> => {
    const { input, at, person } = call
    const expiresAt = endOf(input.body, at) ?? ''
    const { secondsMax } = ports.policy.set().settings.holds
    const by = { id: person.id, name: person.name }
    const extended = await appendHold(ports, call, input.path.hold, (loaded, now) => {
      if (loaded === null || (loaded.hold.lifted === null && loaded.hold.expiresAt === expiresAt)) return 'done'
      return decideExtend(loaded.hold, { by, reason: input.body.reason, expiresAt }, { now, secondsMax })
    })
    if ('problem' in extended) return extended
    if (extended.hold.scope === 'everything') await tellStop(ports)
    return ok(holdDocument(extended.hold, ports.now()))
  }
