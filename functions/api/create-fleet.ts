import { X509Certificate } from 'node:crypto'
import * as z from 'zod'
import { sha256 } from '../../shared/canonical/index.ts'
import { FleetId } from '../../shared/fleet/index.ts'
import { planDefaults } from '../../shared/policy/index.ts'
import { STOP_ORDER_KEY } from '../../shared/rollout/index.ts'
import { directiveKey } from '../directive/publish-directive.ts'
import { onFleet } from '../http/admission.ts'
import { created, type Outcome } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).publicKey !== undefined
  } catch {
    return false
  }
}

export const shape = {
  path: nothing,
  query: nothing,
  body: z.strictObject({
    id: FleetId.refine(id => directiveKey(id) !== STOP_ORDER_KEY, 'choose another id: this one names the stop order'),
    description: z.string().max(500).default(''),
    pollSeconds: z.number().min(0.1).max(3_600).default(planDefaults.pollSeconds),
    trust: z.array(z.string().max(8_192).refine(isCertificate, 'send a certificate in PEM form')).max(16).default([]),
  }),
}
type Input = InputOf<typeof shape>
export const question = onFleet('manageFleet', ({ body }: Input) => body.id)

export const createFleet =
  ({ ledger, fleets }: Pick<Ports, 'ledger' | 'fleets'>) =>
  async ({ id: commitId, at, input: { body }, person, decision }: PersonCall<Input>): Promise<Outcome> => {
    const stream = `fleet#${body.id}`
    const made = await fleets.create({ ...body, at })
    if (!made.ok) return problem('fleet-exists', `Choose another id, or use fleet ${body.id} as it is.`, { fleet: body.id })
    const event = {
      type: 'created',
      fleet: body.id,
      description: body.description,
      pollSeconds: body.pollSeconds,
      trust: body.trust.map(sha256),
    }
    await ledger.record({ stream, event, actor: person.id, at, commitId, decision })
    return created(`/fleets/${body.id}`, await fleets.summary(body.id))
  }
