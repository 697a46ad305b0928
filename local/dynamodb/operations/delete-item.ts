import { invalid } from '../fault.ts'
import { checkedMap } from '../values/check-value.ts'
import { deleteItemRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import { collectionMetrics, consumed, spentOnWrite } from './capacity.ts'
import type { Operation } from './context.ts'
import { submitWrite } from './item-write.ts'
import { expectedCondition } from './legacy-conditions.ts'
import { boundExpressions, checkParameters } from './request-expressions.ts'

const parameters = { expressions: ['ConditionExpression'], others: ['Expected', 'ConditionalOperator'] } as const

export const deleteItem: Operation = (context, body) => {
  const request = readRequest(deleteItemRequest, body)
  checkParameters(request, parameters)
  const key = checkedMap(request.Key)
  if (request.ReturnValues && request.ReturnValues !== 'ALL_OLD' && request.ReturnValues !== 'NONE')
    throw invalid('ReturnValues can only be ALL_OLD or NONE')
  const legacy = expectedCondition(request)
  const { condition = legacy } = boundExpressions(request)
  const showOnFailure = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  return submitWrite(context, { type: 'delete', table: request.TableName, key, condition, showOnFailure }, done => ({
    ...(request.ReturnValues === 'ALL_OLD' && done.before ? { Attributes: done.before.item } : {}),
    ...consumed(spentOnWrite(done), request.ReturnConsumedCapacity),
    ...(request.ReturnItemCollectionMetrics === 'SIZE' ? { ItemCollectionMetrics: collectionMetrics(done) } : {}),
  }))
}
