import * as z from 'zod'
import { FleetId } from '../../shared/fleet/index.ts'
import { Stack } from '../../shared/kernel/index.ts'
import { Digest, type Manifest } from '../../shared/livepatch/index.ts'
import { HOUSE } from '../../shared/policy/index.ts'
import { Route } from '../../shared/rollout/index.ts'
import { type Judge, judgeChange, RULES } from '../../shared/verdict/index.ts'
import { principalOf, type Question } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { type JudgePorts, judgedOnFleet } from '../judged-on-fleet.ts'
import { knownLivepatches } from '../known-livepatches.ts'
import { unknownFleet } from './show-fleet.ts'
import { unknownLivepatch } from './show-patch.ts'

const FindingCode = z.string().refine(code => RULES.some(({ id }) => id === code), 'there is no finding of that code')

export const shape = {
  path: nothing,
  query: nothing,
  body: z
    .strictObject({
      livepatch: Digest,
      fleet: FleetId.optional(),
      /** How hosts get there; left out: `replace`. */
      route: Route.optional(),
      stacks: z.array(Stack).min(1).max(100).optional(),
      /** Findings to block that would only be reviewed or noted, beside those of the fleet's policies: the reason by code. */
      stricter: z.record(FindingCode, z.string().trim().min(1).max(500)).optional(),
    })
    .refine(({ fleet, stacks }) => (fleet === undefined) !== (stacks === undefined), 'name either a fleet or stacks'),
  bytesMax: 1_048_576,
}
type Input = InputOf<typeof shape>

export const question: Question<Input> = ({ body }, person) => ({
  principal: principalOf(person),
  action: 'simulate',
  resource: body.fleet === undefined ? HOUSE : { type: 'Fleet', id: body.fleet },
})

const onStacks = async ({ catalog }: JudgePorts, livepatch: Manifest, stacks: readonly Stack[]): Promise<Judge> => {
  const cohorts = stacks.map(stack => ({ stack, hosts: 1 }))
  return { livepatch, cohorts, known: await knownLivepatches(catalog, cohorts) }
}

/** The verdict that a proposal would get, without proposing anything. */
export const simulate =
  (ports: JudgePorts) =>
  async ({ input: { body } }: PersonCall<Input>): Promise<Outcome> => {
    const livepatch = await ports.catalog.manifest(body.livepatch)
    if (!livepatch) return unknownLivepatch(body.livepatch)
    if (body.fleet !== undefined && !(await ports.fleets.summary(body.fleet))) return unknownFleet(body.fleet)
    const asked =
      body.fleet === undefined
        ? await onStacks(ports, livepatch, body.stacks ?? [])
        : await judgedOnFleet(ports, { fleet: body.fleet }, livepatch)
    const stricter = new Map([...Object.entries(body.stricter ?? {}), ...(asked.stricter ?? [])])
    return ok(judgeChange({ ...asked, route: body.route, stricter }))
  }
