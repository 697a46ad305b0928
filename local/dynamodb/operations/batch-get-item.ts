import { project } from '../expression/projection.ts'
import { invalid } from '../fault.ts'
import type { AttributeMap } from '../values/attribute-value.ts'
import { checkedMap } from '../values/check-value.ts'
import { batchGetItemRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import type { ValueOf } from '../wire/shape.ts'
import { consumedByTable, readUnits, type Spent } from './capacity.ts'
import { type Context, type Operation, plainTableName, tableNamed } from './context.ts'
import { getParameters } from './get-item.ts'
import { refuseNestedKeys } from './key-paths.ts'
import { keyFromKey } from './keys.ts'
import { attributesProjection } from './legacy-projection.ts'
import { type BoundExpressions, boundExpressions, checkParameters } from './request-expressions.ts'

const keysMax = 100
const responseBytesMax = 16 * 1024 * 1024

type TableRequest = ValueOf<typeof batchGetItemRequest>['RequestItems'][string]
type Prepared = {
  readonly name: string
  readonly request: TableRequest
  readonly keys: readonly AttributeMap[]
  readonly projection: BoundExpressions['projection']
}

const checkCount = (requests: ValueOf<typeof batchGetItemRequest>['RequestItems']): void => {
  const counts = Object.entries(requests).map(([name, { Keys }]) => [name, Keys.length] as const)
  if (counts.length === 0) throw invalid('The requestItems parameter is required for BatchGetItem')
  for (const [name, count] of counts)
    if (count > keysMax)
      throw invalid(
        `1 validation error detected: Value at 'RequestItems.${name}.member.Keys' failed to satisfy constraint: Member must have length less than or equal to ${keysMax}`,
      )
  if (counts.reduce((sum, [, count]) => sum + count, 0) > keysMax) throw invalid('Too many items requested for the BatchGetItem call')
}

/** One text for equal keys, however their attributes are ordered. */
const digestOf = (key: AttributeMap): string => JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)))

const prepared = (name: string, request: TableRequest): Prepared => {
  checkParameters(request, getParameters)
  const legacy = attributesProjection(request.AttributesToGet)
  const { projection = legacy } = boundExpressions(request)
  const keys = request.Keys.map(key => checkedMap(key))
  if (new Set(keys.map(digestOf)).size < keys.length) throw invalid('Provided list of item keys contains duplicates')
  return { name, request, keys, projection }
}

type Answer = { items: AttributeMap[]; unprocessed: AttributeMap[]; spent: Spent[] }

/** Reads a table's keys while the response has room; what is left over comes back as unprocessed. */
const readTable = ({ storage }: Context, { name, request, keys, projection }: Prepared, room: { bytes: number }): Answer => {
  const table = tableNamed(storage, name)
  const encoded = keys.map(key => keyFromKey(table, key))
  if (projection) refuseNestedKeys(table, projection.paths)
  const answer: Answer = { items: [], unprocessed: [], spent: [] }
  for (const [at, key] of encoded.entries()) {
    const found = storage.item(table, key)
    room.bytes -= found?.size ?? 0
    if (room.bytes < 0) answer.unprocessed.push(...keys.slice(at, at + 1))
    else {
      if (found) answer.items.push(project(found.item, projection))
      answer.spent.push({ table, units: readUnits(found?.size ?? 0, request.ConsistentRead === true) })
    }
  }
  return answer
}

export const batchGetItem: Operation = (context, body) => {
  const request = readRequest(batchGetItemRequest, body)
  checkCount(request.RequestItems)
  const tables = Object.entries(request.RequestItems).map(([name, table]) => prepared(name, table))
  const room = { bytes: responseBytesMax }
  const answers = tables.map(table => ({ table, answer: readTable(context, table, room) }))
  return {
    Responses: Object.fromEntries(answers.map(({ table, answer }) => [plainTableName(table.name), answer.items])),
    UnprocessedKeys: Object.fromEntries(
      answers.flatMap(({ table, answer }) =>
        answer.unprocessed.length > 0 ? [[table.name, { ...table.request, Keys: answer.unprocessed }]] : [],
      ),
    ),
    ...consumedByTable(
      answers.flatMap(({ answer }) => answer.spent),
      request.ReturnConsumedCapacity,
    ),
  }
}
