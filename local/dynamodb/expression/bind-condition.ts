import type { AttributeValue, TypeName } from '../values/attribute-value.ts'
import { typeNames, typeOf } from '../values/attribute-value.ts'
import { compareValues } from '../values/compare.ts'
import type { BoundCondition, BoundOperand } from './bound.ts'
import { ExpressionFault } from './cursor.ts'
import type { Scope } from './scope.ts'
import type { Condition, Operand } from './syntax.ts'
import { quotedPath } from './syntax.ts'

const argumentCounts: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
}

const ordered: readonly TypeName[] = ['S', 'N', 'B']
const sizeless: readonly TypeName[] = ['N', 'BOOL', 'NULL']

const constant = (operand: BoundOperand | undefined): AttributeValue | undefined => (operand?.type === 'value' ? operand.value : undefined)

/** The type that an operand certainly has: a constant's own, a number for `size`, unknown for a path. */
const knownType = (operand: BoundOperand | undefined): TypeName | undefined => {
  if (operand?.type === 'size') return 'N'
  const value = constant(operand)
  return value && typeOf(value)
}

const wrongType = (name: string, type: string, word = 'operator or function') =>
  new ExpressionFault(`Incorrect operand type for operator or function; ${word}: ${name}, operand type: ${type}`)

const checkDistinct = (operator: string, first: BoundOperand, second: BoundOperand): void => {
  if (first.type !== 'path' || second.type !== 'path' || quotedPath(first.path) !== quotedPath(second.path)) return
  throw new ExpressionFault(
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${operator}, first operand: ${quotedPath(first.path)}`,
  )
}

const checkOrdered = (operator: string, operands: readonly BoundOperand[]): void => {
  for (const operand of operands) {
    const type = knownType(operand)
    if (type && !ordered.includes(type)) throw wrongType(operator, type, 'operator')
  }
}

const quotedValue = (value: AttributeValue): string => {
  const [type, content] = Object.entries(value)[0] ?? []
  return `AttributeValue: {${type}:${content}}`
}

const checkBounds = (low: BoundOperand, high: BoundOperand): void => {
  const [lower, upper] = [constant(low), constant(high)]
  if (!lower || !upper) return
  const quoted = `lower bound operand: ${quotedValue(lower)}, upper bound operand: ${quotedValue(upper)}`
  if (typeOf(lower) !== typeOf(upper))
    throw new ExpressionFault(`The BETWEEN operator requires same data type for lower and upper bounds; ${quoted}`)
  if ((compareValues(lower, upper) ?? 0) > 0)
    throw new ExpressionFault(`The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${quoted}`)
}

const checkCount = (name: string, args: readonly unknown[]): void => {
  if (argumentCounts[name] === args.length) return
  throw new ExpressionFault(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
  )
}

const bindOperand = (operand: Operand, scope: Scope): BoundOperand => {
  if (operand.type === 'value') return { type: 'value', value: scope.value(operand.name) }
  if (operand.type === 'path') return { type: 'path', path: scope.path(operand.path) }
  const args = operand.args.map(argument => bindOperand(argument, scope))
  checkCount(operand.name, args)
  const [of] = args
  if (!of) throw new ExpressionFault(`Invalid function name; function: ${operand.name}`)
  const type = knownType(of)
  if (type && sizeless.includes(type)) throw wrongType('size', type)
  return { type: 'size', of }
}

const existence = (name: string, operand: BoundOperand | undefined): BoundCondition => {
  if (operand?.type !== 'path') throw new ExpressionFault(`Operator or function requires a document path; operator or function: ${name}`)
  return { type: 'exists', path: operand.path, negated: name === 'attribute_not_exists' }
}

const typeTest = (of: BoundOperand, argument: BoundOperand): BoundCondition => {
  const value = constant(argument)
  const type = knownType(argument)
  if (!value || !('S' in value)) throw wrongType('attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
  if (!typeNames.some(name => name === value.S))
    throw new ExpressionFault(`Invalid attribute type name found; type: ${value.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`)
  return { type: 'attribute-type', of, name: value.S }
}

const prefixTest = (of: BoundOperand, argument: BoundOperand): BoundCondition => {
  for (const operand of [of, argument]) {
    const type = knownType(operand)
    if (type && type !== 'S' && type !== 'B') throw wrongType('begins_with', type)
  }
  return { type: 'begins-with', of, argument }
}

const bindCall = (name: string, operands: readonly Operand[], scope: Scope): BoundCondition => {
  const args = operands.map(operand => bindOperand(operand, scope))
  checkCount(name, args)
  const [of, argument] = args
  if (!of || !argument) return existence(name, of)
  checkDistinct(name, of, argument)
  if (name === 'attribute_type') return typeTest(of, argument)
  return name === 'begins_with' ? prefixTest(of, argument) : { type: 'contains', of, argument }
}

/** Fills in names and values, and refuses, in the service's words, operands that no item could satisfy. */
export const bindCondition = (condition: Condition, scope: Scope): BoundCondition => {
  switch (condition.type) {
    case 'and':
    case 'or':
      return { type: condition.type, left: bindCondition(condition.left, scope), right: bindCondition(condition.right, scope) }
    case 'not':
      return { type: 'not', condition: bindCondition(condition.condition, scope) }
    case 'call':
      return bindCall(condition.name, condition.args, scope)
    case 'compare': {
      const [left, right] = [bindOperand(condition.args[0], scope), bindOperand(condition.args[1], scope)]
      checkDistinct(condition.comparator, left, right)
      if (condition.comparator !== '=' && condition.comparator !== '<>') checkOrdered(condition.comparator, [left, right])
      return { type: 'compare', comparator: condition.comparator, left, right }
    }
    case 'between': {
      const [of, low, high] = condition.args
      const bound = { of: bindOperand(of, scope), low: bindOperand(low, scope), high: bindOperand(high, scope) }
      checkOrdered('BETWEEN', [bound.of, bound.low, bound.high])
      checkBounds(bound.low, bound.high)
      return { type: 'between', ...bound }
    }
    case 'in': {
      const [of, ...list] = condition.args
      return { type: 'in', of: bindOperand(of, scope), list: list.map(operand => bindOperand(operand, scope)) }
    }
  }
}
