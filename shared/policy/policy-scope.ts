import type { ActionConstraint, ResourceConstraint, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs'

type Uid = TypeAndId | { readonly __entity: TypeAndId }
const named = (uid: Uid): TypeAndId => ('__entity' in uid ? uid.__entity : uid)

/** The entity that everything which the head of a policy lets in as resource lies in, or is; null where there is none. */
export const boundOf = (scope: ResourceConstraint): TypeAndId | null => {
  if (scope.op === 'All') return null
  if (scope.op === 'is') return scope.in && 'entity' in scope.in ? named(scope.in.entity) : null
  return 'entity' in scope ? named(scope.entity) : null
}

/** The actions and groups of actions that the head of a policy names; null where it speaks about all. */
export const entitiesOf = (scope: ActionConstraint): readonly TypeAndId[] | null => {
  if (scope.op === 'All') return null
  if ('entities' in scope) return scope.entities.map(named)
  return 'entity' in scope ? [named(scope.entity)] : []
}
