import * as z from 'zod'
import { FleetId } from '../../shared/fleet/index.ts'
import { Digest } from '../../shared/livepatch/index.ts'
import { placeHold as decidePlace, HOLD_SCOPES, HOLD_SECONDS, HOUSE, type Resource } from '../../shared/policy/index.ts'
import { appendHold } from '../holds/append-hold.ts'
import { type CarryOutPorts, carryOutHolds } from '../holds/carry-out.ts'
import { tellStop } from '../holds/tell-stop.ts'
import { principalOf, type Question } from '../http/admission.ts'
import { created, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { holdDocument } from './hold-document.ts'
import { endOf, holdEnd, holdEndIssue } from './hold-end.ts'
import { unknownFleet } from './show-fleet.ts'
import { unknownLivepatch } from './show-patch.ts'

const Body = z
  .strictObject({
    scope: z.enum(HOLD_SCOPES),
    target: z.string().min(1).max(128).optional(),
    reason: z.string().trim().min(1, 'say why').max(500),
    ...holdEnd,
  })
  .superRefine(({ scope, target, ...end }, issues) => {
    holdEndIssue(end, issues)
    if (scope === 'everything' && target !== undefined)
      issues.addIssue({ code: 'custom', path: ['target'], message: 'leave it out: everything is held' })
    if (scope !== 'everything' && target === undefined)
      issues.addIssue({ code: 'custom', path: ['target'], message: `name the ${scope} that is held` })
  })

export const shape = { path: nothing, query: nothing, body: Body }
type Input = InputOf<typeof shape>
type Call = PersonCall<Input>

const resourceOf = ({ scope, target = '' }: Input['body']): Resource => {
  if (scope === 'fleet') return { type: 'Fleet', id: target }
  return scope === 'livepatch' ? { type: 'Patch', id: target } : HOUSE
}

export const question: Question<Input> = ({ body }, person) => ({
  principal: principalOf(person),
  action: 'placeHold',
  resource: resourceOf(body),
  context: { scope: body.scope },
})

/** What is to be held has to be there: a slip of the pen would hold nothing, and nobody would notice. */
const unknownTarget = async ({ fleets, catalog }: CarryOutPorts, { scope, target = '' }: Input['body']): Promise<Problem | null> => {
  switch (scope) {
    case 'everything':
      return null
    case 'fleet':
      return FleetId.safeParse(target).success && (await fleets.summary(target)) ? null : unknownFleet(target)
    case 'livepatch':
      return Digest.safeParse(target).success && (await catalog.manifest(target)) ? null : unknownLivepatch(target)
    case 'series':
      return (await catalog.list({ series: target }, { limit: 1 })).items.length > 0
        ? null
        : problem('unknown-series', `Look for the series of livepatches with \`GET /patches\`; ${JSON.stringify(target)} is none.`)
  }
}

/** All that stand are looked at whenever something is decided. */
const HOLDS_MAX = 100

const tooMany = async ({ holds }: CarryOutPorts, { at }: Call): Promise<Problem | null> =>
  (await holds.standing(at)).length < HOLDS_MAX
    ? null
    : problem('too-many-holds', `There are ${HOLDS_MAX} holds in force; lift some, or hold more with one (a series, everything).`)

const append = async (ports: CarryOutPorts, call: Call) => {
  const { id, at, person } = call
  const { scope, target = null, reason } = call.input.body
  const by = { id: person.id, name: person.name }
  const { secondsMax } = ports.policy.set().settings.holds
  return appendHold(ports, call, id, (loaded, now) =>
    loaded
      ? 'done'
      : decidePlace({ id, scope, target, by, reason, expiresAt: endOf(call.input.body, at) ?? inSeconds(at) }, { now, secondsMax }),
  )
}

const inSeconds = (at: number): string => new Date(at + HOLD_SECONDS * 1_000).toISOString()

/**
 * Places a hold and carries it out. Once this has answered, no wave opens of what is held and no directive asks for it: changes under way are
 * halted and their hosts told. Where everything is held, the signed stop goes out first. The hold's id is the request's own, so that a repetition
 * after a crash goes on where the first attempt ended.
 */
export const placeHold =
  (ports: CarryOutPorts) =>
  async (call: Call): Promise<Outcome> => {
    const { scope, target = null } = call.input.body
    const isRepeated = (await ports.holds.load(call.id)) !== null
    const refused = isRepeated ? null : ((await unknownTarget(ports, call.input.body)) ?? (await tooMany(ports, call)))
    if (refused) return refused
    const placed = await append(ports, call)
    if ('problem' in placed) return placed
    if (scope === 'everything') await tellStop(ports)
    const done = await carryOutHolds(ports, scope === 'fleet' ? target : null)
    return created(`/holds/${call.id}`, holdDocument(placed.hold, ports.now(), done))
  }
