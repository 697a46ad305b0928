import * as z from 'zod'
import { type Change, isTerminal } from '../../shared/change/index.ts'
import { evidenceDigest, type Host, type TransitionEvidence } from '../../shared/fleet/index.ts'
import { changeResource, holdText } from '../../shared/policy/index.ts'
import { type Clearance, clearanceSigningBytes, type SignedClearance } from '../../shared/rollout/index.ts'
import { authorOf } from '../author-of.ts'
import { principalOf, type Question } from '../http/admission.ts'
import { created, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { situationOf } from '../situation-of.ts'
import { unknownHost } from './host-document.ts'
import { hostPath } from './path-schemas.ts'

const MINUTES_MAX = 24 * 60

export const shape = {
  path: hostPath,
  query: nothing,
  body: z.strictObject({
    evidence: z.string().regex(/^[0-9a-f]{64}$/, 'send the digest of the evidence that you saw'),
    reason: z.string().trim().min(1, 'say why it is safe to force').max(2_000),
    minutes: z.int().min(1).max(MINUTES_MAX).default(30),
  }),
}
type Input = InputOf<typeof shape>
export type ClearPorts = Pick<Ports, 'ledger' | 'holds' | 'fleets' | 'catalog' | 'signingKey' | 'now'>

type Stalled = { readonly host: Host; readonly transition: TransitionEvidence; readonly bootId: string; readonly change: Change }

const notStalled = ({ id, state }: Host): Problem =>
  problem('not-stalled', `Only a transition that has stalled is cleared, with evidence of what it waits for; host ${id} is ${state}.`, {
    state,
  })

const stalledAt = async ({ ledger, fleets }: Pick<Ports, 'ledger' | 'fleets'>, id: string): Promise<Stalled | Problem> => {
  const host = await fleets.host(id)
  if (!host) return unknownHost(id)
  const { state, transition, bootId, change } = host
  if (state !== 'transition-stalled' || transition === null || bootId === null || change === null) return notStalled(host)
  const loaded = await ledger.loadChange(change)
  return loaded ? { host, transition, bootId, change: loaded.change } : notStalled(host)
}

export const question =
  (ports: Pick<Ports, 'ledger' | 'fleets' | 'catalog'>): Question<Input> =>
  async ({ path }, person) => {
    const stalled = await stalledAt(ports, path.host)
    if ('problem' in stalled) return stalled
    const { change } = stalled
    const author = (await authorOf(ports, change.livepatch)) ?? ''
    return { principal: principalOf(person), action: 'clearTransition', resource: changeResource(change), context: { author } }
  }

/** What speaks against a clearance that its giver may give. */
const refusalOf = async (
  ports: ClearPorts,
  { host, transition, change }: Stalled,
  { evidence }: Input['body'],
): Promise<Problem | null> => {
  const now = evidenceDigest(transition)
  if (evidence !== now)
    return problem('outdated-evidence', `Look at host ${host.id} again: it waits for others than you saw.`, { evidence: now })
  if (isTerminal(change.status) && change.status !== 'completed')
    return problem('not-stalled', `The change was ${change.status}; let host ${host.id} reverse its transition instead.`, {
      state: host.state,
    })
  if (host.between?.until === null && transition.direction === 'unpatching')
    return problem(
      'not-stalled',
      `Nobody forces what is being disabled: it would pin ${transition.livepatch} and leave host ${host.id} bare. End what its tasks wait for.`,
      {
        state: host.state,
      },
    )
  const { held } = await situationOf(ports, change)
  return held.length === 0 ? null : problem('not-allowed-now', `Nothing is forced while it is held: ${held.map(holdText).join(', ')}.`)
}

const sign = async ({ signingKey }: ClearPorts, clearance: Clearance): Promise<SignedClearance> => {
  const signature = await signingKey.sign(clearanceSigningBytes(clearance))
  return { clearance, keyId: signingKey.keyId, signature: Buffer.from(signature).toString('base64') }
}

const clearanceOf = ({ id, at, input, person }: PersonCall<Input>, { host, transition, bootId, change }: Stalled): Clearance => ({
  schema: 'supersede.clearance/1',
  id,
  ...{ host: host.id, fleet: host.fleet, change: change.id },
  ...{ livepatch: transition.livepatch, bootId, since: transition.since, evidence: input.body.evidence },
  clearedBy: person.id,
  issuedAt: at,
  expiresAt: at + input.body.minutes * 60_000,
})

/** Recorded first, handed to the host then: a crash in between leaves a clearance that nobody can use, and its repetition hands it out. */
export const clearTransition =
  (ports: ClearPorts) =>
  async (call: PersonCall<Input>): Promise<Outcome> => {
    const { id: commitId, at, input, person, decision } = call
    const stalled = await stalledAt(ports, input.path.host)
    if ('problem' in stalled) return stalled
    const refused = await refusalOf(ports, stalled, input.body)
    if (refused) return refused
    const clearance = clearanceOf(call, stalled)
    const { schema: _, ...given } = clearance
    const event = { type: 'transition-cleared', ...given, reason: input.body.reason, by: { id: person.id, name: person.name } }
    await ports.ledger.record({ stream: `fleet#${clearance.fleet}`, event, actor: person.id, at, commitId, decision })
    const signed = await sign(ports, clearance)
    await ports.fleets.putClearance(signed)
    return created(`/hosts/${clearance.host}`, signed)
  }
