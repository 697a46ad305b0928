import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { boundOf, entitiesOf } from './policy-scope.ts'

/**
 * What a fleet's own rule may speak about: what would change its hosts. Nobody may be kept from looking, stopping or halting, by
 * whatever rule: a rule that holds a stop back would weaken the house's.
 */
export const TEAM_ACTIONS: readonly string[] = ['move', 'releaseChange', 'openWave', 'proposeChange', 'approveChange', 'manageFleet']

/**
 * Why a policy cannot be a fleet's own; null where it can. It forbids, on that fleet alone and by its scope alone, so that whatever
 * stands in its conditions it can let nothing through and reach no other fleet.
 */
export const faultOfTeamPolicy = (fleet: string, { effect, action, resource }: PolicyJson): string | null => {
  const bound = boundOf(resource)
  const actions = entitiesOf(action)?.map(({ id }) => id) ?? null
  if (effect !== 'forbid') return 'a fleet’s own rule can only forbid; what is permitted is for the rules of the house to say'
  if (bound?.type !== 'Fleet' || bound.id !== fleet)
    return `its scope reaches beyond the fleet; write \`resource in Fleet::${JSON.stringify(fleet)}\` in its head`
  const strange = actions === null ? 'all actions' : actions.find(id => !TEAM_ACTIONS.includes(id))
  return strange === undefined
    ? null
    : `it speaks about ${strange}; a fleet’s own rule names some of ${TEAM_ACTIONS.join(', ')} in its head`
}
