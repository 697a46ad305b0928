import * as z from 'zod'
import { abort, type Change, type Outcome as Decided, pause, resume } from '../../shared/change/index.ts'
import { heldDetail } from '../../shared/policy/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, type Intent } from '../append-change.ts'
import { type PublishPorts, publishDirective } from '../directive/publish-directive.ts'
import { aboutChange, principalOf, type Question, unknownChange } from '../http/admission.ts'
import { etagOf, type Outcome, ok } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { holdsOn } from '../situation-of.ts'
import { wakeIfDue } from '../wake.ts'
import { changeBrief, heldOf } from './change-document.ts'
import { holdBrief } from './hold-document.ts'
import { allowedNow, refusedProblem } from './not-allowed-now.ts'
import { changePath } from './path-schemas.ts'

export const shape = {
  path: changePath,
  query: nothing,
  body: z.strictObject({ command: z.enum(['pause', 'resume', 'abort']), reason: z.string().max(2_000).default('') }),
}
type Input = InputOf<typeof shape>
export type ControlPorts = PublishPorts & Pick<Ports, 'policy' | 'workflow' | 'newId'>

export const question =
  ({ ledger }: Pick<Ports, 'ledger'>): Question<Input> =>
  ({ path, body }, person) =>
    aboutChange(ledger.loadChange, path.change, resource => ({
      principal: principalOf(person),
      action: 'controlChange',
      resource,
      context: { command: body.command },
    }))

const decideOn = (change: Change, { input: { body }, person: by }: PersonCall<Input>): Decided => {
  switch (body.command) {
    case 'pause':
      return pause(change, { by, reason: body.reason })
    case 'resume':
      return resume(change, { by })
    case 'abort':
      return abort(change, { by, reason: body.reason })
  }
}

/** A stop that this person has given already is carried through once more: the first attempt may have died before the hosts were told. */
const isRepeated = (change: Change, { input: { body }, person }: PersonCall<Input>): boolean =>
  (body.command === 'abort' && change.status === 'aborted' && change.abortedBy.id === person.id) ||
  (body.command === 'pause' && change.status === 'halted' && change.halt.code === 'paused' && change.halt.by === person.id)

const VERSION = /^(?:W\/)?"(\d{1,15})"$/

const matchProblem = ({ ifMatch }: PersonCall<Input>, { version }: Loaded): Problem | null => {
  if (ifMatch === null)
    return problem('missing-if-match', `Look at the change and send its ETag as \`If-Match\`, now ${etagOf(version)}.`, { version })
  if (ifMatch.trim() === '*' || Number(VERSION.exec(ifMatch.trim())?.[1] ?? -1) === version) return null
  return problem('outdated-version', `Look at the change again: it is at version ${version} now. Then send its ETag as \`If-Match\`.`, {
    version,
  })
}

/** What is held is not resumed: it would be halted again before its next wave, and nobody would know why. */
const heldProblem = async (ports: ControlPorts, { input: { body } }: PersonCall<Input>, { change }: Loaded): Promise<Problem | null> => {
  const held = body.command === 'resume' && change.status === 'halted' ? await holdsOn(ports, change) : []
  if (held.length === 0) return null
  const lift = 'Wait for its end, or have it lifted (`POST /holds/{hold}/lift`); then resume.'
  const allowed = allowedNow(change).filter(command => command !== 'resume')
  const more = { state: change.status, allowed, reason: 'held', holds: held.map(holdBrief) }
  return problem('not-allowed-now', `${heldDetail(held)}. ${lift}`, more)
}

const decide = async (ports: ControlPorts, call: PersonCall<Input>, loaded: Loaded): Promise<Intent<Loaded | Problem>> => {
  if (isRepeated(loaded.change, call)) return { settled: loaded }
  const refused = matchProblem(call, loaded) ?? (await heldProblem(noEarlier(ports, loaded), call, loaded))
  if (refused) return { settled: refused }
  const outcome = decideOn(loaded.change, call)
  if (!outcome.ok) return { settled: refusedProblem(loaded.change, outcome) }
  return { events: outcome.events, actor: call.person.id, decision: call.decision }
}

/** Pauses, resumes or aborts. What is recorded first is then told to the hosts, and last the workflow is woken. */
export const controlChange =
  (ports: ControlPorts) =>
  async (call: PersonCall<Input>): Promise<Outcome> => {
    const id = call.input.path.change
    const appended = await appendChange<Loaded | Problem>(ports, id, loaded => decide(ports, call, loaded))
    if (!appended) return unknownChange(id)
    const loaded = 'loaded' in appended ? appended.loaded : appended.settled
    if ('problem' in loaded) return loaded
    if (call.input.body.command !== 'resume') await publishDirective(ports, loaded.change, 'anew')
    await wakeIfDue(ports, id)
    return ok(changeBrief(loaded, [], await heldOf(ports, loaded.change)), { etag: etagOf(loaded.version) })
  }
