import { invalid } from '../fault.ts'
import type { AttributeValue } from '../values/attribute-value.ts'
import type { BoundCondition, BoundOperand } from './bound.ts'
import type { Comparator } from './syntax.ts'

/** `unindexable` stands for the legacy operators that no key can be searched by. */
export type KeyOperator = 'unindexable' | '=' | '<' | '<=' | '>' | '>=' | 'between' | 'begins-with'

/** One condition on one key attribute; `between` has two values, all others one. */
export type KeyCondition = { readonly attribute: string; readonly operator: KeyOperator; readonly values: readonly AttributeValue[] }

const nestedOperation = () => invalid('KeyConditionExpressions cannot contain nested operations')
const wrongCondition = (detail: string) => invalid(`Invalid condition in KeyConditionExpression: ${detail}`)
const wrongOperator = (name: string) => invalid(`Invalid operator used in KeyConditionExpression: ${name}`)

const mirrored: Readonly<Record<Comparator, Comparator>> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

const nameOf = (operand: BoundOperand): string | undefined => {
  if (operand.type === 'size') throw nestedOperation()
  if (operand.type !== 'path') return undefined
  return String(operand.path[0])
}

/** The one attribute among the operands, and the values beside it. */
const singled = (operator: KeyOperator, operands: readonly BoundOperand[]): KeyCondition => {
  let attribute: string | undefined
  for (const operand of operands) {
    const name = nameOf(operand)
    if (name !== undefined && attribute !== undefined) throw wrongCondition('Multiple attribute names used in one condition')
    if (operand.type === 'path' && operand.path.length > 1)
      throw invalid('KeyConditionExpressions cannot have conditions on nested attributes')
    attribute ??= name
  }
  if (attribute === undefined) throw wrongCondition('No key attribute specified')
  const values = operands.flatMap(operand => (operand.type === 'value' ? [operand.value] : []))
  return { attribute, operator, values }
}

const compared = (comparator: Comparator, left: BoundOperand, right: BoundOperand): KeyCondition => {
  if (comparator === '<>') throw wrongOperator('<>')
  const operator = left.type === 'path' ? comparator : mirrored[comparator]
  return singled(operator === '<>' ? '=' : operator, [left, right])
}

const leading = (operand: BoundOperand, name: string): void => {
  if (operand.type === 'size') throw nestedOperation()
  if (operand.type !== 'path') throw wrongCondition(`${name} operator must have the key attribute as its first operand`)
}

const conditionsOf = (condition: BoundCondition): readonly KeyCondition[] => {
  switch (condition.type) {
    case 'and':
      return [...conditionsOf(condition.left), ...conditionsOf(condition.right)]
    case 'compare':
      return [compared(condition.comparator, condition.left, condition.right)]
    case 'between':
      leading(condition.of, 'BETWEEN')
      return [singled('between', [condition.of, condition.low, condition.high])]
    case 'begins-with':
      leading(condition.of, 'begins_with')
      return [singled('begins-with', [condition.of, condition.argument])]
    case 'or':
    case 'not':
    case 'in':
      throw wrongOperator(condition.type.toUpperCase())
    case 'exists':
      throw wrongOperator(condition.negated ? 'attribute_not_exists' : 'attribute_exists')
    case 'attribute-type':
      throw wrongOperator('attribute_type')
    case 'contains':
      throw wrongOperator('contains')
  }
}

/** Reads a bound condition as conditions on keys, one per attribute. */
export const keyConditions = (condition: BoundCondition): ReadonlyMap<string, KeyCondition> => {
  const found = new Map<string, KeyCondition>()
  for (const part of conditionsOf(condition)) {
    if (found.has(part.attribute)) throw invalid('KeyConditionExpressions must only contain one condition per key')
    found.set(part.attribute, part)
  }
  return found
}
