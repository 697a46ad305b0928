import type { BoundAction } from '../expression/bound.ts'
import { invalidParameters } from '../fault.ts'
import { type AttributeValue, type TypeName, typeOf } from '../values/attribute-value.ts'
import { checkedValue } from '../values/check-value.ts'

type AttributeUpdate = { readonly Action?: string | undefined; readonly Value?: AttributeValue | undefined }

const deletable: readonly TypeName[] = ['SS', 'NS', 'BS']
const addable: readonly TypeName[] = ['N', 'L', ...deletable]

const actionOf = (attribute: string, { Action = 'PUT', Value }: AttributeUpdate): BoundAction => {
  const path = [attribute]
  if (!Value) {
    if (Action !== 'DELETE') throw invalidParameters('Only DELETE action is allowed when no attribute value is specified')
    return { type: 'REMOVE', path }
  }
  const value = checkedValue(Value)
  const type = typeOf(value)
  if (Action === 'DELETE' && !deletable.includes(type))
    throw invalidParameters(`DELETE action with value is not supported for the type ${type}`)
  if (Action === 'ADD' && !addable.includes(type)) throw invalidParameters(`ADD action is not supported for the type ${type}`)
  if (Action === 'ADD' || Action === 'DELETE') return { type: Action, path, value }
  return { type: 'SET', path, assigned: { type: 'value', value } }
}

/** AttributeUpdates as the actions that an update expression would have said. */
export const legacyActions = (updates: Readonly<Record<string, AttributeUpdate>> | undefined): readonly BoundAction[] =>
  Object.entries(updates ?? {}).map(([attribute, update]) => actionOf(attribute, update))
