import * as z from 'zod'
import {
  approveEdit,
  commentOnEdit,
  countingEditApprovals,
  type EditOutcome,
  editResource,
  enactEdit,
  evolveEdit,
  type PolicyEdit,
  PolicyEditEvent,
  rejectEdit,
  withdrawEdit,
} from '../../shared/edition/index.ts'
import type { LoadedEdit } from '../../shared/store/index.ts'
import { appendEdit, type EditIntent, type EditPorts } from '../append-edit.ts'
import { principalOf, type Question } from '../http/admission.ts'
import { created, etagOf, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { commitsOfEdit, editBrief } from './edit-document.ts'
import { editProblem, unknownEdit } from './edit-problems.ts'
import { editPath } from './path-schemas.ts'

const text = z.string().max(2_000)
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'send the digest of the edit that you saw')

export const shape = {
  path: editPath,
  query: nothing,
  body: z.discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('approve'), digest, comment: text.default('') }),
    z.strictObject({ decision: z.literal('reject'), digest, reason: text.trim().min(1, 'say why') }),
    z.strictObject({ decision: z.literal('withdraw'), reason: text.default('') }),
    z.strictObject({ decision: z.literal('comment'), comment: text.trim().min(1, 'say something') }),
  ]),
}
type Input = InputOf<typeof shape>
type Call = PersonCall<Input>
export type DecideEditPorts = EditPorts & Pick<Ports, 'ledger'>

/** Asked about this very edit, because four eyes is a rule about its proposer. */
export const question =
  ({ policies }: Pick<Ports, 'policies'>): Question<Input> =>
  async ({ path, body: { decision } }, person) => {
    const loaded = await policies.loadEdit(path.edit)
    if (!loaded) return unknownEdit(path.edit)
    return { principal: principalOf(person), action: 'decidePolicyEdit', resource: editResource(loaded.edit), context: { decision } }
  }

const decideOn = (edit: PolicyEdit, { id, input: { body }, person: by }: Call): EditOutcome => {
  switch (body.decision) {
    case 'approve':
      return approveEdit(edit, { by, digest: body.digest, comment: body.comment })
    case 'reject':
      return rejectEdit(edit, { by, digest: body.digest, reason: body.reason })
    case 'withdraw':
      return withdrawEdit(edit, { by, reason: body.reason })
    case 'comment':
      return commentOnEdit(edit, { id, by, text: body.comment })
  }
}

const isCommented = async ({ ledger }: DecideEditPorts, { id: edit }: PolicyEdit, request: string): Promise<boolean> =>
  (await commitsOfEdit(ledger, edit))
    .flatMap(({ events }) => events)
    .some(event => {
      const parsed = PolicyEditEvent.safeParse(event)
      return parsed.success && parsed.data.type === 'commented' && parsed.data.id === request
    })

/** The same word of the same person again is no refusal: it is the answer that got lost. */
const isRepeated = async (ports: DecideEditPorts, edit: PolicyEdit, { id, input: { body }, person }: Call): Promise<boolean> => {
  switch (body.decision) {
    case 'approve':
      return edit.digest === body.digest && countingEditApprovals(edit).some(({ by }) => by.id === person.id)
    case 'reject':
      return edit.status === 'rejected' && edit.endedBy === person.id && edit.digest === body.digest
    case 'withdraw': {
      if (edit.proposer.id === person.id) return edit.status === 'withdrawn'
      const own = edit.approvals.findLast(({ by }) => by.id === person.id)
      return own !== undefined && own.withdrawnAt !== null
    }
    case 'comment':
      return isCommented(ports, edit, id)
  }
}

/** An edit is read whole each time; chatter must not make that dear. */
const COMMITS_MAX = 300

const tooMuch = ({ version }: LoadedEdit, { input: { body } }: Call): Problem | null =>
  body.decision === 'comment' && version >= COMMITS_MAX
    ? problem('not-allowed-now', 'Enough was said on this edit; go on elsewhere, and refer to it there.', { reason: 'too-many-comments' })
    : null

/** The enactment goes into the commit of the approval that brings it about, so that no approval can be the last one unnoticed. */
const decide = async (ports: DecideEditPorts, call: Call, loaded: LoadedEdit): Promise<EditIntent<LoadedEdit | Problem>> => {
  const { edit } = loaded
  if (await isRepeated(ports, edit, call)) return { settled: loaded }
  const refused = tooMuch(loaded, call)
  if (refused) return { settled: refused }
  const outcome = decideOn(edit, call)
  if (!outcome.ok) return { settled: editProblem(outcome, edit) }
  const at = new Date(ports.now()).toISOString()
  const said = outcome.events.reduce((state, event) => evolveEdit(state, event, at), edit)
  const enactment = call.input.body.decision === 'approve' ? enactEdit(ports.policy.active(), said) : null
  const events = enactment ? [...outcome.events, enactment.event] : outcome.events
  const { edition: enacts = null, decision: enacting } = enactment ?? {}
  return { events, actor: call.person.id, decision: call.decision, enacts, enacting }
}

/** Approves or rejects exactly what was seen, takes the edit or an approval back, or comments. The last approval puts it into force. */
export const decidePolicyEdit =
  (ports: DecideEditPorts) =>
  async (call: Call): Promise<Outcome> => {
    const id = call.input.path.edit
    const appended = await appendEdit<LoadedEdit | Problem>(ports, id, loaded => decide(ports, call, loaded))
    if (!appended) return unknownEdit(id)
    const loaded = 'loaded' in appended ? appended.loaded : appended.settled
    if ('problem' in loaded) return loaded
    return created(`/policies/edits/${id}`, editBrief(ports, loaded), { etag: etagOf(loaded.version) })
  }
