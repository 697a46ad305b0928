import type { BoundCondition, BoundOperand } from './bound.ts'
import type { Path } from './syntax.ts'

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

const pathOf = (operand: BoundOperand): readonly Path[] => {
  if (operand.type === 'size') return pathOf(operand.of)
  return operand.type === 'path' ? [operand.path] : []
}

/** The paths that a condition speaks of. */
export const pathsIn = (condition: BoundCondition): readonly Path[] => operandsOf(condition).flatMap(pathOf)

/** Their top-level attributes. */
export const attributesNamed = (condition: BoundCondition): ReadonlySet<string> =>
  new Set(pathsIn(condition).map(([first]) => String(first)))
