import type { BoundCondition, BoundOperand } from './bound.ts'

const operandsOf = (condition: BoundCondition): readonly BoundOperand[] => {
  switch (condition.type) {
    case 'and':
    case 'or':
      return [...operandsOf(condition.left), ...operandsOf(condition.right)]
    case 'not':
      return operandsOf(condition.condition)
    case 'exists':
      return [{ type: 'path', path: condition.path }]
    case 'compare':
      return [condition.left, condition.right]
    case 'between':
      return [condition.of, condition.low, condition.high]
    case 'in':
      return [condition.of, ...condition.list]
    case 'attribute-type':
      return [condition.of]
    case 'begins-with':
    case 'contains':
      return [condition.of, condition.argument]
  }
}

const namesIn = (operand: BoundOperand): readonly string[] => {
  if (operand.type === 'size') return namesIn(operand.of)
  return operand.type === 'path' && typeof operand.path[0] === 'string' ? [operand.path[0]] : []
}

/** The top-level attributes that a condition speaks of. */
export const attributesNamed = (condition: BoundCondition): ReadonlySet<string> => new Set(operandsOf(condition).flatMap(namesIn))
