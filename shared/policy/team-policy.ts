import type { ActionConstraint, PolicyJson, ResourceConstraint } from '@cedar-policy/cedar-wasm/nodejs'

type Named = { readonly type: string; readonly id: string }
type Uid = Named | { readonly __entity: Named }
const named = (uid: Uid): Named => ('__entity' in uid ? uid.__entity : uid)

/** The entity that everything a resource scope lets in lies in, or is. */
const boundOf = (scope: ResourceConstraint): Named | null => {
  if (scope.op === 'All') return null
  if (scope.op === 'is') return scope.in && 'entity' in scope.in ? named(scope.in.entity) : null
  return 'entity' in scope ? named(scope.entity) : null
}

/**
 * What a fleet's own rule may speak about: what would change its hosts. Nobody may be kept from looking, stopping or halting, by
 * whatever rule: a rule that holds a stop back would weaken the house's.
 */
export const TEAM_ACTIONS: readonly string[] = ['move', 'releaseChange', 'openWave', 'proposeChange', 'approveChange', 'manageFleet']

const actionsOf = (scope: ActionConstraint): readonly string[] | null => {
  if (scope.op === 'All') return null
  const uids = 'entities' in scope ? scope.entities : 'entity' in scope ? [scope.entity] : []
  return uids.map(uid => named(uid).id)
}

/**
 * Why a policy cannot be a fleet's own; null where it can. It forbids, on that fleet alone and by its scope alone, so that whatever
 * stands in its conditions it can let nothing through and reach no other fleet.
 */
export const faultOfTeamPolicy = (fleet: string, { effect, action, resource }: PolicyJson): string | null => {
  const bound = boundOf(resource)
  const actions = actionsOf(action)
  if (effect !== 'forbid') return 'a fleet’s own rule can only forbid; what is permitted is for the rules of the house to say'
  if (bound?.type !== 'Fleet' || bound.id !== fleet)
    return `its scope reaches beyond the fleet; write \`resource in Fleet::${JSON.stringify(fleet)}\` in its head`
  const strange = actions === null ? 'all actions' : actions.find(id => !TEAM_ACTIONS.includes(id))
  return strange === undefined
    ? null
    : `it speaks about ${strange}; a fleet’s own rule names some of ${TEAM_ACTIONS.join(', ')} in its head`
}
