import type { BoundAction } from '../expression/bound.ts'
import { project, projectionOf } from '../expression/projection.ts'
import type { AttributeMap } from '../values/attribute-value.ts'
import { checkedMap } from '../values/check-value.ts'
import { updateItemRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import { collectionMetrics, consumed, spentOnWrite } from './capacity.ts'
import type { Operation } from './context.ts'
import { type Done, submitWrite } from './item-write.ts'
import { expectedCondition } from './legacy-conditions.ts'
import { legacyActions } from './legacy-updates.ts'
import { boundExpressions, checkParameters } from './request-expressions.ts'

const parameters = {
  expressions: ['UpdateExpression', 'ConditionExpression'],
  others: ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
} as const

/** The part of the item, before or after, that ReturnValues asks for. */
const returned = (wanted: string | undefined, { before, after }: Done, actions: readonly BoundAction[]): AttributeMap | undefined => {
  const updated = () => projectionOf(actions.map(action => action.path))
  switch (wanted) {
    case 'ALL_OLD':
      return before?.item
    case 'ALL_NEW':
      return after
    case 'UPDATED_OLD':
      return before && actions.length > 0 ? project(before.item, updated()) : undefined
    case 'UPDATED_NEW':
      return after && actions.length > 0 ? project(after, updated()) : undefined
    default:
      return undefined
  }
}

export const updateItem: Operation = (context, body) => {
  const request = readRequest(updateItemRequest, body)
  checkParameters(request, parameters)
  const key = checkedMap(request.Key)
  const legacy = { update: legacyActions(request.AttributeUpdates), condition: expectedCondition(request) }
  const { condition = legacy.condition, update = legacy.update } = boundExpressions(request)
  const showOnFailure = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const write = {
    type: 'update',
    table: request.TableName,
    key,
    actions: update,
    legacy: update === legacy.update,
    condition,
    showOnFailure,
  } as const
  return submitWrite(context, write, done => {
    const attributes = returned(request.ReturnValues, done, update)
    return {
      ...(attributes && Object.keys(attributes).length > 0 ? { Attributes: attributes } : {}),
      ...consumed(spentOnWrite(done), request.ReturnConsumedCapacity),
      ...(request.ReturnItemCollectionMetrics === 'SIZE' ? { ItemCollectionMetrics: collectionMetrics(done) } : {}),
    }
  })
}
