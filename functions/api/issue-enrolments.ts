import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { sha256 } from '../../shared/canonical/index.ts'
import { onFleet } from '../http/admission.ts'
import { type Outcome, secretly } from '../http/answer.ts'
import type { InputOf } from '../http/request-shape.ts'
import { nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { fleetPath } from './path-schemas.ts'
import { unknownFleet } from './show-fleet.ts'

export const shape = {
  path: fleetPath,
  query: nothing,
  body: z.strictObject({
    count: z.int().min(1).max(1_000).default(1),
    validSeconds: z
      .int()
      .min(60)
      .max(7 * 86_400)
      .default(86_400),
  }),
}
type Input = InputOf<typeof shape>
export const question = onFleet('manageFleet', ({ path }: Input) => path.fleet)

const newToken = (): string => `sse_${randomBytes(32).toString('base64url')}`

/** One-time tokens. Only their hashes are stored, and the answer that carries them is not kept either: who lost it asks for new ones. */
export const issueEnrolments =
  ({ ledger, fleets }: Pick<Ports, 'ledger' | 'fleets'>) =>
  async ({ id, at, input: { path, body }, person, decision }: PersonCall<Input>): Promise<Outcome> => {
    if (!(await fleets.summary(path.fleet))) return unknownFleet(path.fleet)
    const tokens = Array.from({ length: body.count }, newToken)
    const expires = at + body.validSeconds * 1_000
    await fleets.issueEnrolments(path.fleet, tokens.map(sha256), expires)
    const expiresAt = new Date(expires).toISOString()
    const event = { type: 'enrolments-issued', fleet: path.fleet, count: body.count, expiresAt }
    await ledger.record({ stream: `fleet#${path.fleet}`, event, actor: person.id, at, commitId: id, decision })
    return secretly(
      { tokens, expiresAt },
      { tokens: [], expiresAt, note: 'Tokens are told once. Issue new ones with a new Idempotency-Key.' },
    )
  }
