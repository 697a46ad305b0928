import { project } from '../expression/projection.ts'
import { checkedMap } from '../values/check-value.ts'
import { getItemRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import { consumed, readUnits } from './capacity.ts'
import { type Operation, tableNamed } from './context.ts'
import { refuseNestedKeys } from './key-paths.ts'
import { keyFromKey } from './keys.ts'
import { attributesProjection } from './legacy-projection.ts'
import { boundExpressions, checkParameters } from './request-expressions.ts'

export const getParameters = { expressions: ['ProjectionExpression'], others: ['AttributesToGet'] } as const

export const getItem: Operation = ({ storage }, body) => {
  const request = readRequest(getItemRequest, body)
  checkParameters(request, getParameters)
  const wanted = checkedMap(request.Key)
  const legacy = attributesProjection(request.AttributesToGet)
  const { projection = legacy } = boundExpressions(request)
  const table = tableNamed(storage, request.TableName)
  if (projection) refuseNestedKeys(table, projection.paths)
  const found = storage.item(table, keyFromKey(table, wanted))
  return {
    ...(found ? { Item: project(found.item, projection) } : {}),
    ...consumed({ table, units: readUnits(found?.size ?? 0, request.ConsistentRead === true) }, request.ReturnConsumedCapacity),
  }
}
