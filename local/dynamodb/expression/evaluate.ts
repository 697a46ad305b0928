import type { AttributeMap, AttributeValue } from '../values/attribute-value.ts'
import { typeOf } from '../values/attribute-value.ts'
import { beginsWith, compareValues, containsValue, sameValue, sizeOf } from '../values/compare.ts'
import type { BoundCondition, BoundOperand } from './bound.ts'
import { valueAt } from './document-path.ts'
import type { Comparator } from './syntax.ts'

const operandValue = (operand: BoundOperand, item: AttributeMap): AttributeValue | undefined => {
  if (operand.type === 'value') return operand.value
  if (operand.type === 'path') return valueAt(item, operand.path)
  const of = operandValue(operand.of, item)
  const size = of && sizeOf(of)
  return size === undefined ? undefined : { N: String(size) }
}

/** Values of two types, and absent ones, are never ordered and never equal; so only `<>` holds of them. */
const holds = (comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean => {
  if (!left || !right) return comparator === '<>'
  if (comparator === '=') return sameValue(left, right)
  if (comparator === '<>') return !sameValue(left, right)
  const order = compareValues(left, right)
  if (order === undefined) return false
  if (comparator === '<') return order < 0
  if (comparator === '<=') return order <= 0
  return comparator === '>' ? order > 0 : order >= 0
}

/** Whether the condition holds of an item; an item that does not exist is the empty one. */
export const evaluate = (condition: BoundCondition, item: AttributeMap): boolean => {
  switch (condition.type) {
    case 'and':
      return evaluate(condition.left, item) && evaluate(condition.right, item)
    case 'or':
      return evaluate(condition.left, item) || evaluate(condition.right, item)
    case 'not':
      return !evaluate(condition.condition, item)
    case 'exists':
      return (valueAt(item, condition.path) === undefined) === condition.negated
    case 'compare':
      return holds(condition.comparator, operandValue(condition.left, item), operandValue(condition.right, item))
    case 'between': {
      const value = operandValue(condition.of, item)
      return holds('>=', value, operandValue(condition.low, item)) && holds('<=', value, operandValue(condition.high, item))
    }
    case 'in': {
      const value = operandValue(condition.of, item)
      return condition.list.some(operand => holds('=', value, operandValue(operand, item)))
    }
    case 'attribute-type': {
      const value = operandValue(condition.of, item)
      return value !== undefined && typeOf(value) === condition.name
    }
    case 'begins-with':
    case 'contains': {
      const [value, argument] = [operandValue(condition.of, item), operandValue(condition.argument, item)]
      if (!value || !argument) return false
      return condition.type === 'contains' ? containsValue(value, argument) : beginsWith(value, argument)
    }
  }
}
