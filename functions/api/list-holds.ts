import * as z from 'zod'
import type { Person } from '../../shared/change/index.ts'
import { freezesRunning, HOUSE, type Hold } from '../../shared/policy/index.ts'
import { eachFleet, hostsInTransition } from '../holds/fleets-now.ts'
import { onHouse, principalOf } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, nothing, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { type HoldsPorts, holdsOn } from '../situation-of.ts'
import { freezeBrief, holdDocument } from './hold-document.ts'
import { pageAnswer } from './page-answer.ts'

const flag = z.enum(['true', 'false', '']).optional()
const isSaid = (value: z.infer<typeof flag>): boolean => value === 'true' || value === ''

export const shape = { path: nothing, query: paging.extend({ all: flag, transitions: flag }), body: noBody }
export const question = onHouse('viewChange')

export type ListHoldsPorts = HoldsPorts & Pick<Ports, 'ledger' | 'fleets' | 'policy'>

/** Hosts in a transition, by the hold that came too late for them. Costs a few reads a fleet, so it is done for whoever asks for it. */
const transitionsBy = async (ports: ListHoldsPorts): Promise<ReadonlyMap<string, number>> => {
  const moving = await eachFleet(ports, null, async fleet => {
    const hosts = await hostsInTransition(ports, fleet)
    const { active } = fleet
    return { hosts, held: hosts === 0 || active === null ? [] : await holdsOn(ports, active) }
  })
  const sums = new Map<string, number>()
  for (const { hosts, held } of moving) for (const { id } of held) sums.set(id, (sums.get(id) ?? 0) + hosts)
  return sums
}

/** Whether somebody may stop everything: only they are offered it. Asking decides nothing; placing a hold asks again. */
const mayStop = ({ policy }: ListHoldsPorts, person: Person): boolean =>
  policy.authorize({ principal: principalOf(person), action: 'placeHold', resource: HOUSE, context: { scope: 'everything' } }).allowed

const inForce = async (ports: ListHoldsPorts, person: Person, withTransitions: boolean): Promise<Outcome> => {
  const now = ports.now()
  const standing = await ports.holds.standing(now)
  const moving = withTransitions && standing.length > 0 ? await transitionsBy(ports) : null
  const shown = (hold: Hold) => ({
    ...holdDocument({ ...hold, lifted: null }, now),
    ...(withTransitions ? { inTransition: moving?.get(hold.id) ?? 0 } : {}),
  })
  return ok({
    items: standing.toReversed().map(shown),
    freezes: freezesRunning(ports.policy.set().freezes, now).map(freezeBrief),
    mayStop: mayStop(ports, person),
  })
}

/** The holds in force, newest first, and the freezes; or all that ever were, by page. */
export const listHolds =
  (ports: ListHoldsPorts) =>
  async ({ input: { query }, person }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> =>
    isSaid(query.all)
      ? pageAnswer(await ports.holds.list(query), hold => holdDocument(hold, ports.now()))
      : inForce(ports, person, isSaid(query.transitions))
