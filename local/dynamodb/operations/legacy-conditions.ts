import type { BoundCondition, BoundOperand } from '../expression/bound.ts'
import { invalid, invalidParameters } from '../fault.ts'
import { type AttributeValue, type TypeName, typeOf } from '../values/attribute-value.ts'
import { checkedValue } from '../values/check-value.ts'
import { compareValues } from '../values/compare.ts'

/*
 * The parameters from before there were expressions: Expected, QueryFilter, ScanFilter and KeyConditions are maps of
 * attribute to condition. Each is read as the condition that an expression would have said.
 */
type LegacyCondition = { readonly ComparisonOperator: string; readonly AttributeValueList?: readonly AttributeValue[] | undefined }
export type LegacyConditions = Readonly<Record<string, LegacyCondition>>

const argumentCounts: Readonly<Record<string, readonly [number, number]>> = {
  NULL: [0, 0],
  NOT_NULL: [0, 0],
  IN: [1, Number.POSITIVE_INFINITY],
  BETWEEN: [2, 2],
}

const scalars: readonly TypeName[] = ['S', 'N', 'B']
const comparable: readonly TypeName[] = [...scalars, 'SS', 'NS', 'BS', 'L', 'M', 'BOOL', 'NULL']

const allowedTypes = (operator: string): readonly TypeName[] => {
  if (operator === 'EQ' || operator === 'NE') return comparable
  return operator === 'BEGINS_WITH' ? ['S', 'B'] : scalars
}

const checkCount = (operator: string, count: number): void => {
  const [least, most] = argumentCounts[operator] ?? [1, 1]
  if (count < least || count > most) throw invalidParameters(`Invalid number of argument(s) for the ${operator} ComparisonOperator`)
}

const checkTypes = (operator: string, values: readonly AttributeValue[]): void => {
  const types = values.map(typeOf)
  if (new Set(types).size > 1) throw invalidParameters('AttributeValues inside AttributeValueList must be of same type')
  for (const type of types)
    if (!allowedTypes(operator).includes(type))
      throw invalidParameters(`ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`)
  const [low, high] = values
  if (operator === 'BETWEEN' && low && high && (compareValues(low, high) ?? 0) > 0)
    throw invalid('The BETWEEN condition was provided a range where the lower bound is greater than the upper bound')
}

const comparators = { EQ: '=', NE: '<>', LT: '<', LE: '<=', GT: '>', GE: '>=' } as const

const isComparator = (operator: string): operator is keyof typeof comparators => Object.hasOwn(comparators, operator)

const asCondition = (attribute: string, operator: string, values: readonly AttributeValue[]): BoundCondition => {
  const path = [attribute]
  const of: BoundOperand = { type: 'path', path }
  const [first, second] = values.map((value): BoundOperand => ({ type: 'value', value }))
  if (operator === 'NULL') return { type: 'exists', path, negated: true }
  if (!first || operator === 'NOT_NULL') return { type: 'exists', path, negated: false }
  if (isComparator(operator)) return { type: 'compare', comparator: comparators[operator], left: of, right: first }
  if (operator === 'BETWEEN' && second) return { type: 'between', of, low: first, high: second }
  if (operator === 'IN') return { type: 'in', of, list: values.map(value => ({ type: 'value', value })) }
  if (operator === 'BEGINS_WITH') return { type: 'begins-with', of, argument: first }
  const contains: BoundCondition = { type: 'contains', of, argument: first }
  if (operator === 'CONTAINS') return contains
  return { type: 'and', left: { type: 'exists', path, negated: false }, right: { type: 'not', condition: contains } }
}

/** Numbers normalized, counts and types checked: the condition's arguments. */
export const checkedArguments = ({ ComparisonOperator, AttributeValueList = [] }: LegacyCondition): readonly AttributeValue[] => {
  const values = AttributeValueList.map(value => checkedValue(value))
  checkCount(ComparisonOperator, values.length)
  checkTypes(ComparisonOperator, values)
  return values
}

const joined = (conditions: readonly BoundCondition[], operator: string | undefined): BoundCondition | undefined => {
  const [first, ...rest] = conditions
  return rest.reduce((left, right) => left && { type: operator === 'OR' ? 'or' : 'and', left, right }, first)
}

/** QueryFilter or ScanFilter as one condition. */
export const filterCondition = (conditions: LegacyConditions | undefined, operator: string | undefined): BoundCondition | undefined =>
  joined(
    Object.entries(conditions ?? {}).map(([attribute, condition]) =>
      asCondition(attribute, condition.ComparisonOperator, checkedArguments(condition)),
    ),
    operator,
  )

type Expectation = {
  readonly AttributeValueList?: readonly AttributeValue[] | undefined
  readonly ComparisonOperator?: string | undefined
  readonly Exists?: boolean | undefined
  readonly Value?: AttributeValue | undefined
}

const comparedExpectation = (attribute: string, operator: string, expectation: Expectation): BoundCondition => {
  if (expectation.Exists !== undefined)
    throw invalidParameters(`Exists and ComparisonOperator cannot be used together for Attribute: ${attribute}`)
  const given = expectation.AttributeValueList ?? (expectation.Value ? [expectation.Value] : undefined)
  if (!given && operator !== 'NULL' && operator !== 'NOT_NULL')
    throw invalidParameters(`Value or AttributeValueList must be used with ComparisonOperator: ${operator} for Attribute: ${attribute}`)
  return asCondition(attribute, operator, checkedArguments({ ComparisonOperator: operator, AttributeValueList: given }))
}

const expectationCondition = (attribute: string, expectation: Expectation): BoundCondition => {
  const { AttributeValueList, ComparisonOperator, Exists, Value } = expectation
  if (AttributeValueList && Value)
    throw invalidParameters(`Value and AttributeValueList cannot be used together for Attribute: ${attribute}`)
  if (ComparisonOperator !== undefined) return comparedExpectation(attribute, ComparisonOperator, expectation)
  if (AttributeValueList)
    throw invalidParameters(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${attribute}`)
  if (Exists === false && Value) throw invalidParameters(`Value cannot be used when Exists is false for Attribute: ${attribute}`)
  if (Exists === false) return asCondition(attribute, 'NULL', [])
  if (!Value)
    throw invalidParameters(`Value must be provided when Exists is ${Exists === undefined ? 'null' : Exists} for Attribute: ${attribute}`)
  return asCondition(attribute, 'EQ', [checkedValue(Value)])
}

type Expecting = {
  readonly Expected?: Readonly<Record<string, Expectation>> | undefined
  readonly ConditionalOperator?: string | undefined
}

export const checkConditionalOperator = (operator: string | undefined, parameter: string, conditions: object | undefined): void => {
  if (operator === undefined) return
  if (!conditions || Object.keys(conditions).length === 0)
    throw invalidParameters(`ConditionalOperator cannot be used without ${parameter}`)
  if (Object.keys(conditions).length < 2)
    throw invalidParameters(`ConditionalOperator can only be used when ${parameter} has more than one element`)
}

/** Expected as one condition. */
export const expectedCondition = ({ Expected, ConditionalOperator }: Expecting): BoundCondition | undefined => {
  const conditions = Object.entries(Expected ?? {}).map(([attribute, expectation]) => expectationCondition(attribute, expectation))
  checkConditionalOperator(ConditionalOperator, 'Expected', Expected)
  return joined(conditions, ConditionalOperator)
}
