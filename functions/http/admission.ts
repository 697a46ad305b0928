import type { Change, Person } from '../../shared/change/index.ts'
import { changeResource, HOUSE, type PlainAction, type Principal, type Request, type Resource } from '../../shared/policy/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { type Problem, problem } from './problem.ts'

/**
 * The question that the choke point puts to policy for one request. It names the very thing that is acted on, so that nothing is
 * authorised on an outer id and done to an inner one. A problem where that thing does not exist.
 */
export type Question<I, S = undefined> = (input: I, person: Person) => Asked<S> | Promise<Asked<S>>
/** `readAhead`: what was read beside the question, for the operation that follows. */
type Asked<S> = Request | Problem | { readonly request: Request; readonly readAhead: S }

export const principalOf = ({ id, groups }: Person): Principal => ({ type: 'Person', id, groups })

/** About everything that belongs to no fleet. */
export const onHouse =
  (action: PlainAction) =>
  (_: unknown, person: Person): Request => ({ principal: principalOf(person), action, resource: HOUSE })

export const onFleet =
  <I>(action: PlainAction, fleetOf: (input: I) => string) =>
  (input: I, person: Person): Request => ({ principal: principalOf(person), action, resource: { type: 'Fleet', id: fleetOf(input) } })

export const unknownChange = (id: string): Problem =>
  problem('unknown-change', `Look for the change with \`GET /changes\`; ${JSON.stringify(id)} is none.`)

/** About one change: loaded strongly consistent, because four eyes is decided on its proposer. */
export const aboutChange = async (
  loadChange: (id: string) => Promise<Loaded | null>,
  id: string,
  ask: (resource: Resource, change: Change) => Request,
): Promise<Request | Problem> => {
  const loaded = await loadChange(id)
  return loaded ? ask(changeResource(loaded.change), loaded.change) : unknownChange(id)
}
