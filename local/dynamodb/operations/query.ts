import { type KeyCondition, type KeyOperator, keyConditions } from '../expression/key-condition.ts'
import { invalid, invalidParameters } from '../fault.ts'
import type { KeyRange } from '../storage/storage.ts'
import { keyMax } from '../storage/storage.ts'
import type { Index, KeyAttribute, Keys, Table } from '../storage/table.ts'
import { type AttributeMap, type AttributeValue, attributeOf, type KeyType, typeOf } from '../values/attribute-value.ts'
import { beginsWith, compareValues, sameValue } from '../values/compare.ts'
import { after, encodeSort, encodeSortPrefix, partitionPrefix } from '../values/key-encoding.ts'
import { queryRequest } from '../wire/item-shapes.ts'
import { readRequest } from '../wire/request.ts'
import { indexOf, type Operation, tableNamed } from './context.ts'
import { refuseNestedKeys, refuseNestedKeysIn } from './key-paths.ts'
import { checkConditionalOperator, checkedArguments, filterCondition, type LegacyConditions } from './legacy-conditions.ts'
import { attributesProjection } from './legacy-projection.ts'
import { checkedStartKey, checkFilter, checkIndexProjection, checkIndexRead, checkSelect } from './read-checks.ts'
import { readPage } from './read-page.ts'
import { boundExpressions, checkParameters } from './request-expressions.ts'
import { checkStartAttribute, checkStartCount, startPosition } from './start-position.ts'

const parameters = {
  expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
  others: ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'],
} as const

const legacyOperators: Readonly<Record<string, KeyOperator>> = {
  EQ: '=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
  BETWEEN: 'between',
  BEGINS_WITH: 'begins-with',
}

const legacyKeyConditions = (conditions: LegacyConditions): ReadonlyMap<string, KeyCondition> =>
  new Map(
    Object.entries(conditions).map(([attribute, condition]) => {
      const values = checkedArguments(condition)
      const operator = legacyOperators[condition.ComparisonOperator] ?? 'unindexable'
      return [attribute, { attribute, operator, values }]
    }),
  )

const checkArgumentTypes = ({ operator, values }: KeyCondition, type: KeyType): void => {
  if (values.some(value => typeOf(value) !== type)) throw invalidParameters('Condition parameter type does not match schema type')
  if (operator === 'begins-with' && type === 'N')
    throw invalidParameters('ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type')
}

const refuseEmptyArgument = ({ values }: KeyCondition, name: string): void => {
  const empty = values.find(value => ('S' in value && value.S === '') || ('B' in value && value.B === ''))
  if (empty)
    throw invalid(
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
        `${'S' in empty ? 'string' : 'binary'} value. Key: ${name}`,
    )
}

type KeyQuery = { readonly partition: AttributeValue; readonly sort: KeyCondition | undefined }
type Conditions = ReadonlyMap<string, KeyCondition>

/** The condition on one key attribute, and the start key's value for it, as the service checks them: key by key. */
const conditionOn = (
  key: KeyAttribute,
  conditions: Conditions,
  isRequired: boolean,
  start: AttributeMap | undefined,
): KeyCondition | undefined => {
  if (start) checkStartAttribute(start, key)
  const condition = conditions.get(key.name)
  if (!condition && !isRequired) return undefined
  if (!condition) throw invalid(`Query condition missed key schema element: ${key.name}`)
  if (condition.operator === 'unindexable') throw invalid('Attempted conditional constraint is not an indexable operation')
  checkArgumentTypes(condition, key.type)
  return condition
}

/** Matches the conditions with the keys: the partition by equality, the sort key by one comparison at most. */
const matchedWith = (keys: Keys, conditions: Conditions, start: AttributeMap | undefined): KeyQuery => {
  if (!keys.sort && conditions.size > 1) throw invalid('Query key condition not supported')
  const partition = conditionOn(keys.partition, conditions, true, start)
  const [value] = partition?.values ?? []
  if (!partition || !value || partition.operator !== '=') throw invalid('Query key condition not supported')
  refuseEmptyArgument(partition, keys.partition.name)
  const sort = keys.sort && conditionOn(keys.sort, conditions, conditions.size > 1, start)
  if (sort && sort.operator !== 'begins-with') refuseEmptyArgument(sort, sort.attribute)
  return { partition: value, sort }
}

/** The keys in question, from (inclusive) and to (exclusive). */
const boundsOf = ({ partition, sort }: KeyQuery): { from: Buffer; to: Buffer } => {
  const prefix = partitionPrefix(partition)
  const end = after(prefix) ?? keyMax
  const [first, second] = sort?.values ?? []
  if (!sort || !first) return { from: prefix, to: end }
  const at = (value: AttributeValue) => Buffer.concat([prefix, encodeSort(value)])
  const past = (key: Buffer) => after(key) ?? end
  switch (sort.operator) {
    case 'unindexable':
      return { from: end, to: end }
    case '=':
      return { from: at(first), to: past(at(first)) }
    case '<':
      return { from: prefix, to: at(first) }
    case '<=':
      return { from: prefix, to: past(at(first)) }
    case '>':
      return { from: past(at(first)), to: end }
    case '>=':
      return { from: at(first), to: end }
    case 'between':
      return { from: at(first), to: past(at(second ?? first)) }
    case 'begins-with': {
      const start = Buffer.concat([prefix, encodeSortPrefix(first)])
      return { from: start, to: past(start) }
    }
  }
}

const satisfies = (value: AttributeValue, { operator, values: [first, second] }: KeyCondition): boolean => {
  if (!first) return false
  const order = compareValues(value, first) ?? Number.NaN
  if (operator === '=') return order === 0
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  if (operator === '>') return order > 0
  if (operator === '>=') return order >= 0
  return operator === 'begins-with'
    ? beginsWith(value, first)
    : order >= 0 && second !== undefined && (compareValues(value, second) ?? Number.NaN) <= 0
}

const checkStartKey = (start: AttributeMap, keys: Keys, query: KeyQuery): void => {
  const sort = query.sort && attributeOf(start, query.sort.attribute)
  if (query.sort && sort && !satisfies(sort, query.sort)) throw invalid('The provided starting key does not match the range key predicate')
  const partition = attributeOf(start, keys.partition.name)
  if (partition && sameValue(partition, query.partition)) return
  throw invalid(
    query.sort
      ? 'The query can return at most one row and cannot be restarted'
      : 'The provided starting key is outside query boundaries based on provided conditions',
  )
}

const rangeOf = (
  table: Table,
  index: Index | undefined,
  query: KeyQuery,
  start: AttributeMap | undefined,
  descending: boolean,
): KeyRange => {
  const { from, to } = boundsOf(query)
  if (!start) return { from, to, descending }
  const position = startPosition(table, index, start)
  checkStartKey(start, (index ?? table).keys, query)
  return descending ? { from, to: position, descending } : { from: Buffer.concat([position, Buffer.alloc(1)]), to, descending }
}

const unsortedParameters = (request: { KeyConditions?: unknown; KeyConditionExpression?: unknown }) =>
  request.KeyConditions && request.KeyConditionExpression === undefined
    ? { ...parameters, others: parameters.others.slice(0, 3) }
    : parameters

export const query: Operation = ({ storage }, body) => {
  const request = readRequest(queryRequest, body)
  checkParameters(request, unsortedParameters(request))
  if (request.Limit !== undefined && request.Limit < 1)
    throw invalid(
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    )
  const legacyFilter = filterCondition(request.QueryFilter, request.ConditionalOperator)
  checkConditionalOperator(request.ConditionalOperator, 'QueryFilter', request.QueryFilter)
  const legacyProjection = attributesProjection(request.AttributesToGet)
  const start = checkedStartKey(request.ExclusiveStartKey)
  if (!request.KeyConditions && request.KeyConditionExpression === undefined)
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')
  const { keyCondition, filter = legacyFilter, projection = legacyProjection } = boundExpressions(request)
  const conditions = keyCondition ? keyConditions(keyCondition) : legacyKeyConditions(request.KeyConditions ?? {})
  if (conditions.size === 0 || conditions.size > 2) throw invalid('Conditions can be of length 1 or 2 only')
  checkSelect(request.Select, request)
  const table = tableNamed(storage, request.TableName)
  const index = request.IndexName === undefined ? undefined : indexOf(table, request.IndexName)
  checkIndexRead(index, request.ConsistentRead === true)
  const { keys } = index ?? table
  if (start) checkStartCount(table, index, start)
  const range = rangeOf(table, index, matchedWith(keys, conditions, start), start, request.ScanIndexForward === false)
  if (projection) refuseNestedKeys(table, projection.paths)
  checkFilter(filter, keys, request.QueryFilter ? 'QueryFilter' : 'Filter Expression')
  checkIndexProjection(table, index, request.Select, projection)
  refuseNestedKeysIn(table, filter)
  return readPage(storage, {
    table,
    index,
    range,
    limit: request.Limit,
    filter,
    projection,
    select: request.Select,
    consistent: request.ConsistentRead === true,
    returnConsumedCapacity: request.ReturnConsumedCapacity,
  })
}
