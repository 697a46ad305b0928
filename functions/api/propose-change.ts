import * as z from 'zod'
import { type BreakGlass, propose } from '../../shared/change/index.ts'
import { FleetId } from '../../shared/fleet/index.ts'
import { Digest } from '../../shared/livepatch/index.ts'
import { PlanRequest, planOf } from '../../shared/policy/index.ts'
import type { Plan } from '../../shared/rollout/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { whyNotAcceptable } from '../../shared/verdict/index.ts'
import { authorOf } from '../author-of.ts'
import { onFleet } from '../http/admission.ts'
import { created, etagOf, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { changeBrief, heldOf } from './change-document.ts'
import { unknownFleet } from './show-fleet.ts'
import { unknownLivepatch } from './show-patch.ts'

export const shape = {
  path: nothing,
  query: nothing,
  body: z.strictObject({
    fleet: FleetId,
    livepatch: Digest,
    plan: PlanRequest.optional(),
    reason: z.string().trim().min(1).max(2_000),
    /** An emergency: what it passes and what it accepts is named, and counts once a second person confirms. */
    breakGlass: z
      .strictObject({
        incident: z.string().trim().min(1, 'name the incident').max(128),
        reason: z.string().trim().min(1, 'say why it cannot wait').max(2_000),
        passes: z.array(z.string().max(128)).max(32).default([]),
        /** Leftovers that it accepts though they would block. */
        accepts: z.array(z.string().max(256)).max(32).default([]),
      })
      .refine(({ passes, accepts }) => passes.length + accepts.length > 0, {
        path: ['passes'],
        message: 'name the policies that it passes, or the leftovers that it accepts',
      })
      .optional(),
  }),
}
type Call = PersonCall<InputOf<typeof shape>>
export const question = onFleet('proposeChange', ({ body }: InputOf<typeof shape>) => body.fleet)

export type ProposePorts = Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'fleets' | 'workflow' | 'now' | 'policy'>

/** Named twice is named once; what nobody accepted is not recorded as nothing. */
const emergencyOf = ({ breakGlass }: Call['input']['body']): BreakGlass | undefined => {
  if (breakGlass === undefined) return undefined
  const { accepts, ...named } = breakGlass
  return accepts.length === 0 ? named : { ...named, accepts: [...new Set(accepts)].sort() }
}

const append = async (ports: ProposePorts, { id, at, input, person, decision }: Call, plan: Plan): Promise<Loaded | Problem> => {
  const { ledger } = ports
  const { fleet, livepatch, reason } = input.body
  const breakGlass = emergencyOf(input.body)
  const builder = (await authorOf(ports, livepatch)) ?? undefined
  const outcome = propose(null, { id, fleet, livepatch, plan, reason, by: person, builder, breakGlass })
  if (!outcome.ok) return problem('invalid-input', outcome.detail)
  const request = { id, expected: 0, lastHash: null, events: outcome.events, actor: person.id, at, commitId: id, decision }
  const written = await ledger.appendChange(request)
  if (written.ok) return written.loaded
  if (written.error === 'fleet-busy')
    return problem('fleet-busy', `Wait for change ${written.holder} of fleet ${fleet} to end, or abort it; then propose again.`, {
      holder: written.holder,
    })
  return problem('conflict', 'Propose again with a new Idempotency-Key.')
}

/** An emergency passes nothing that it does not name, and names nothing that cannot be passed. */
const passProblem = ({ policy }: ProposePorts, { input: { body } }: Call): Problem | null => {
  const never = (body.breakGlass?.accepts ?? []).flatMap(named => whyNotAcceptable(named) ?? [])
  if (never.length > 0) return problem('invalid-input', `Correct what the emergency accepts: ${never.join('; ')}.`, { never })
  const passable = policy.set().policies.filter(({ breakable, fleet }) => breakable && (fleet === null || fleet === body.fleet))
  const unknown = body.breakGlass?.passes.find(name => !passable.some(({ id }) => id === name))
  if (unknown === undefined) return null
  const ids = passable.map(({ id }) => id)
  const instead = unknown.startsWith('missing-callback') ? ' What a downgrade leaves behind is named in `accepts` instead.' : ''
  return problem('invalid-input', `No emergency passes ${JSON.stringify(unknown)}; it may name ${ids.join(', ')}.${instead}`, {
    passable: ids,
  })
}

/** The change's id is the request's own, so a repetition after a crash finds what the first attempt wrote and goes on from there. */
export const proposeChange =
  (ports: ProposePorts) =>
  async (call: Call): Promise<Outcome> => {
    const { fleet, livepatch, plan: asked } = call.input.body
    const [summary, manifest, earlier] = await Promise.all([
      ports.fleets.summary(fleet),
      ports.catalog.manifest(livepatch),
      ports.ledger.loadChange(call.id),
    ])
    if (!summary) return unknownFleet(fleet)
    if (!manifest) return unknownLivepatch(livepatch)
    const planned = planOf(asked)
    if (!planned.ok) return problem('plan-refused', `Correct the plan: ${planned.problems.join(' ')}`, { problems: planned.problems })
    const refused = passProblem(ports, call)
    if (refused) return refused
    const loaded = earlier ?? (await append(ports, call, planned.plan))
    if ('problem' in loaded) return loaded
    await ports.workflow.start(call.id)
    return created(`/changes/${call.id}`, changeBrief(loaded, [], await heldOf(ports, loaded.change)), { etag: etagOf(loaded.version) })
  }
