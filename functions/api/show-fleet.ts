import { freezesInForce } from '../../shared/policy/index.ts'
import type { SignedDirective } from '../../shared/rollout/index.ts'
import type { CohortCount } from '../../shared/store/index.ts'
import { onFleet } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { freezeBrief, holdBrief, holdsOfFleet } from './hold-document.ts'
import { fleetPath } from './path-schemas.ts'

export const shape = { path: fleetPath, query: nothing, body: noBody }
export const question = onFleet('viewFleet', ({ path }: InputOf<typeof shape>) => path.fleet)

export const unknownFleet = (id: string): Problem =>
  problem('unknown-fleet', `Look for the fleet with \`GET /fleets\`, or create it with \`POST /fleets\`; ${JSON.stringify(id)} is none.`)

const directiveBrief = (signed: SignedDirective | null) => {
  if (!signed) return null
  const { version, issuedAt, expiresAt, ask, stopped } = signed.directive
  const asked = ask && { change: ask.change, livepatch: ask.livepatch.digest, share: ask.share }
  return { version, issuedAt: new Date(issuedAt).toISOString(), expiresAt: new Date(expiresAt).toISOString(), ask: asked, stopped }
}

/** How many hosts wait for a reboot, because a transition was forced there. */
export const rebootsDue = (cohorts: readonly CohortCount[]): number =>
  cohorts.reduce((sum, { stack, hosts }) => sum + (stack.forced ? hosts : 0), 0)

/** A fleet with its cohorts (how many hosts run which stack) and the holds and freezes on all of it; a livepatch's stand on the livepatch. */
export const showFleet =
  ({ fleets, holds, policy, now }: Pick<Ports, 'fleets' | 'holds' | 'policy' | 'now'>) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const [summary, cohorts, directive, standing] = await Promise.all([
      fleets.summary(path.fleet),
      fleets.cohorts(path.fleet),
      fleets.directive(path.fleet),
      holds.standing(now()),
    ])
    if (!summary) return unknownFleet(path.fleet)
    const live = cohorts.filter(({ hosts }) => hosts > 0)
    return ok({
      ...summary,
      cohorts: live.map(({ cohort, hosts, stack }) => ({ cohort, hosts, stack })),
      toReboot: rebootsDue(live),
      directive: directiveBrief(directive),
      holds: holdsOfFleet(standing, path.fleet).map(holdBrief),
      freezes: freezesInForce(policy.set().freezes, path.fleet, now()).map(freezeBrief),
    })
  }
