import * as z from 'zod'
import type { Host } from '../../shared/fleet/index.ts'
import type { Page } from '../../shared/store/index.ts'
import { onFleet } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { hostDocument, isToReboot } from './host-document.ts'
import { pageAnswer } from './page-answer.ts'
import { fleetPath } from './path-schemas.ts'
import { rebootsDue, unknownFleet } from './show-fleet.ts'

export const shape = { path: fleetPath, query: paging.extend({ toReboot: z.literal('true').optional() }), body: noBody }
export const question = onFleet('viewFleet', ({ path }: InputOf<typeof shape>) => path.fleet)

type Query = InputOf<typeof shape>['query']
/** Pages that are looked through for a request: two thousand hosts where 100 are asked for. */
const PAGES_MAX = 20

/**
 * Hosts that are to be rebooted: the first page that has any, with where to go on. A page may hold fewer than asked for, and none where there
 * are more to look through.
 */
const queuedForReboot = async ({ fleets }: Pick<Ports, 'fleets'>, fleet: string, query: Query): Promise<Page<Host>> => {
  if (rebootsDue(await fleets.cohorts(fleet)) === 0) return { items: [] }
  let page = await fleets.hosts(fleet, query)
  for (let pages = 1; pages < PAGES_MAX && page.next !== undefined && !page.items.some(isToReboot); pages += 1)
    page = await fleets.hosts(fleet, { ...query, cursor: page.next })
  return { ...page, items: page.items.filter(isToReboot) }
}

export const listHosts =
  (ports: Pick<Ports, 'fleets'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const { fleets } = ports
    if (!(await fleets.summary(path.fleet))) return unknownFleet(path.fleet)
    const page = query.toReboot ? await queuedForReboot(ports, path.fleet, query) : await fleets.hosts(path.fleet, query)
    return pageAnswer(page, hostDocument)
  }
