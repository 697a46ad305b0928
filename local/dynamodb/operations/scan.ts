import { invalid } from '../fault.ts'
import { keyMax, keyMin } from '../storage/storage.ts'
import { type Index, keyNames, type Table } from '../storage/table.ts'
import type { AttributeMap } from '../values/attribute-value.ts'
import { segmentRange } from '../values/key-encoding.ts'
import { scanRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import { indexOf, type Operation, tableNamed } from './context.ts'
import { refuseNestedKeys, refuseNestedKeysIn } from './key-paths.ts'
import { checkConditionalOperator, filterCondition } from './legacy-conditions.ts'
import { attributesProjection } from './legacy-projection.ts'
import { checkedStartKey, checkIndexProjection, checkIndexRead, checkSelect } from './read-checks.ts'
import { readPage } from './read-page.ts'
import { boundExpressions, checkParameters } from './request-expressions.ts'
import { checkStartAttribute, checkStartCount, startPosition } from './start-position.ts'

const parameters = {
  expressions: ['ProjectionExpression', 'FilterExpression'],
  others: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
} as const

/** The key range of the segment that the request names; the whole table when it names none. */
const segmentOf = (segment: number | undefined, total: number | undefined): { from: Buffer; to: Buffer } => {
  if (segment !== undefined && total === undefined)
    throw invalid('The TotalSegments parameter is required but was not present in the request when Segment parameter is present')
  if (segment === undefined && total !== undefined)
    throw invalid('The Segment parameter is required but was not present in the request when parameter TotalSegments is present')
  if (segment === undefined || total === undefined) return { from: keyMin, to: keyMax }
  if (segment >= total)
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    )
  const { from = keyMin, to = keyMax } = segmentRange(segment, total)
  return { from, to }
}

type Segment = { from: Buffer; to: Buffer }

const startedAt = (segment: Segment, position: Buffer, number: number | undefined, total: number | undefined): Segment => {
  if (Buffer.compare(position, segment.from) < 0 || Buffer.compare(position, segment.to) >= 0)
    throw invalid(
      'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ' +
        `TotalSegments: ${total} Segment: ${number}`,
    )
  return { from: Buffer.concat([position, Buffer.alloc(1)]), to: segment.to }
}

/** A scan words its refusals of a start key otherwise than a query, where the table itself is scanned. */
const checkStart = (table: Table, index: Index | undefined, start: AttributeMap): void => {
  if (!index) {
    if (Object.keys(start).length === keyNames(table.keys).length) return
    throw invalid('The provided starting key is invalid: The provided key element does not match the schema')
  }
  checkStartCount(table, index, start)
  for (const key of [index.keys.partition, index.keys.sort]) if (key) checkStartAttribute(start, key)
}

export const scan: Operation = ({ storage }, body) => {
  const request = readRequest(scanRequest, body)
  checkParameters(request, parameters)
  const legacyProjection = attributesProjection(request.AttributesToGet)
  const legacyFilter = filterCondition(request.ScanFilter, request.ConditionalOperator)
  checkConditionalOperator(request.ConditionalOperator, 'ScanFilter', request.ScanFilter)
  const start = checkedStartKey(request.ExclusiveStartKey)
  const segment = segmentOf(request.Segment, request.TotalSegments)
  const { filter = legacyFilter, projection = legacyProjection } = boundExpressions(request)
  checkSelect(request.Select, request)
  const table = tableNamed(storage, request.TableName)
  const index = request.IndexName === undefined ? undefined : indexOf(table, request.IndexName)
  checkIndexRead(index, request.ConsistentRead === true)
  if (start) checkStart(table, index, start)
  checkIndexProjection(table, index, request.Select, projection)
  const position = start && startPosition(table, index, start)
  const part = position ? startedAt(segment, position, request.Segment, request.TotalSegments) : segment
  if (projection) refuseNestedKeys(table, projection.paths)
  refuseNestedKeysIn(table, filter)
  return readPage(storage, {
    table,
    index,
    range: { ...part, descending: false },
    limit: request.Limit,
    filter,
    projection,
    select: request.Select,
    consistent: request.ConsistentRead === true,
    returnConsumedCapacity: request.ReturnConsumedCapacity,
  })
}
