import * as z from 'zod'
import { fleetOf, proposeEdit } from '../../shared/edition/index.ts'
import { HOUSE, type Request } from '../../shared/policy/index.ts'
import type { LoadedEdit } from '../../shared/store/index.ts'
import { principalOf } from '../http/admission.ts'
import { created, etagOf, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { knownFleets } from '../known-fleets.ts'
import type { Ports } from '../ports.ts'
import { editBrief } from './edit-document.ts'
import { EDIT_BYTES_MAX, EditFiles } from './edit-files.ts'
import { editProblem } from './edit-problems.ts'

export const shape = {
  path: nothing,
  query: nothing,
  bytesMax: EDIT_BYTES_MAX,
  body: z.strictObject({
    files: EditFiles,
    reason: z.string().trim().min(1).max(2_000),
    edition: z.int().min(0).optional(),
  }),
}
type Input = InputOf<typeof shape>
type Call = PersonCall<Input>

/** About the fleet whose own rules alone are touched, or else about the house. */
export const question = ({ body }: Input, person: Call['person']): Request => {
  const fleet = fleetOf(Object.keys(body.files))
  return { principal: principalOf(person), action: 'editPolicy', resource: fleet === null ? HOUSE : { type: 'Fleet', id: fleet } }
}

export type ProposeEditPorts = Pick<Ports, 'policies' | 'policy' | 'fleets'>

const moved = (seen: number, now: number): Problem =>
  problem(
    'policy-edit-outdated',
    `You edited edition ${seen}, and edition ${now} is in force; look at what it changed and propose again.`,
    {
      edition: now,
    },
  )

const append = async (ports: ProposeEditPorts, call: Call, fleets: ReadonlySet<string>): Promise<LoadedEdit | Problem> => {
  const { id, at, person: by, decision, input } = call
  const { files, reason, edition } = input.body
  const active = ports.policy.active()
  if (edition !== undefined && edition !== active.edition.number) return moved(edition, active.edition.number)
  const outcome = proposeEdit(active, { id, files, reason, by, fleets })
  if (!outcome.ok) return editProblem(outcome, null)
  const request = { id, expected: 0, lastHash: null, events: outcome.events, enacts: null, actor: by.id, at, commitId: id, decision }
  const written = await ports.policies.appendEdit(request)
  return written.ok ? written.loaded : problem('conflict', 'Propose again with a new Idempotency-Key.')
}

/** The edit's id is the request's own, so a repetition after a crash finds what the first attempt wrote. */
export const proposePolicyEdit =
  (ports: ProposeEditPorts) =>
  async (call: Call): Promise<Outcome> => {
    const [fleets, earlier] = await Promise.all([knownFleets(ports, call.input.body.files), ports.policies.loadEdit(call.id)])
    const loaded = earlier ?? (await append(ports, call, fleets))
    if ('problem' in loaded) return loaded
    return created(`/policies/edits/${call.id}`, editBrief(ports, loaded), { etag: etagOf(loaded.version) })
  }
