import { invalid } from '../fault.ts'
import type { AttributeMap, AttributeValue } from '../values/attribute-value.ts'
import { attributeOf, withAttribute, withoutAttribute } from '../values/attribute-value.ts'
import { addDecimals, formatDecimal, negate, outOfRange, parseDecimal } from '../values/decimal.ts'
import type { BoundAction, BoundOperandOfUpdate } from './bound.ts'
import { valueAt } from './document-path.ts'
import type { Path, Step } from './syntax.ts'

/*
 * Every operand is read from the item as it was; then the actions are applied. What they write is kept apart from the
 * old item (all values are immutable), so a refusal half way leaves nothing behind.
 */
const wrongOperand = 'An operand in the update expression has an incorrect data type'
const wrongPath = () => invalid('The document path provided in the update expression is invalid for update')

const sum = (left: AttributeValue, right: AttributeValue, negative: boolean, mismatch: string): AttributeValue => {
  const a = 'N' in left ? parseDecimal(left.N) : undefined
  const b = 'N' in right ? parseDecimal(right.N) : undefined
  if (!a || !b) throw invalid(mismatch)
  const result = addDecimals(a, negative ? negate(b) : b)
  const refusal = outOfRange(result)
  if (refusal !== undefined) throw invalid(refusal)
  return { N: formatDecimal(result) }
}

const operandValue = (operand: BoundOperandOfUpdate, item: AttributeMap): AttributeValue => {
  switch (operand.type) {
    case 'value':
      return operand.value
    case 'path': {
      const value = valueAt(item, operand.path)
      if (!value) throw invalid('The provided expression refers to an attribute that does not exist in the item')
      return value
    }
    case 'if-not-exists':
      return valueAt(item, operand.path) ?? operandValue(operand.fallback, item)
    case 'list-append': {
      const [left, right] = [operandValue(operand.left, item), operandValue(operand.right, item)]
      if (!('L' in left && 'L' in right)) throw invalid(wrongOperand)
      return { L: [...left.L, ...right.L] }
    }
    case 'sum':
      return sum(operandValue(operand.left, item), operandValue(operand.right, item), operand.operator === '-', wrongOperand)
  }
}

const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])]

const added = (present: AttributeValue | undefined, value: AttributeValue, mismatch: string): AttributeValue => {
  if (!present) return value
  if ('SS' in value && 'SS' in present) return { SS: union(present.SS, value.SS) }
  if ('NS' in value && 'NS' in present) return { NS: union(present.NS, value.NS) }
  if ('BS' in value && 'BS' in present) return { BS: union(present.BS, value.BS) }
  if ('L' in value && 'L' in present) return { L: [...present.L, ...value.L] }
  return sum(present, value, false, mismatch)
}

const difference = (a: readonly string[], b: readonly string[]) => a.filter(member => !b.includes(member))

/** What is left of a set; undefined when nothing is, for no set is empty. */
const deleted = (present: AttributeValue | undefined, value: AttributeValue, mismatch: string): AttributeValue | undefined => {
  if (!present) return undefined
  if ('SS' in value && 'SS' in present) return nonEmpty(difference(present.SS, value.SS), SS => ({ SS }))
  if ('NS' in value && 'NS' in present) return nonEmpty(difference(present.NS, value.NS), NS => ({ NS }))
  if ('BS' in value && 'BS' in present) return nonEmpty(difference(present.BS, value.BS), BS => ({ BS }))
  throw invalid(mismatch)
}

const nonEmpty = (set: readonly string[], wrap: (set: readonly string[]) => AttributeValue) => (set.length > 0 ? wrap(set) : undefined)

const child = (value: AttributeValue, step: Step): AttributeValue | undefined => {
  if (typeof step === 'string' && 'M' in value) return attributeOf(value.M, step)
  if (typeof step === 'number' && 'L' in value) return value.L[step]
  throw wrongPath()
}

const withChild = (value: AttributeValue, step: Step, content: AttributeValue): AttributeValue => {
  if (typeof step === 'string' && 'M' in value) return { M: withAttribute(value.M, step, content) }
  if (typeof step !== 'number' || !('L' in value)) throw wrongPath()
  if (step >= value.L.length) return { L: [...value.L, content] }
  return { L: value.L.with(step, content) }
}

const withoutChild = (value: AttributeValue, step: Step): AttributeValue => {
  if (typeof step === 'string' && 'M' in value) return { M: withoutAttribute(value.M, step) }
  if (typeof step === 'number' && 'L' in value) return { L: value.L.filter((_, index) => index !== step) }
  throw wrongPath()
}

/** Rebuilds the values along a path with `content` at its end, or with nothing there. Every step but the last must exist. */
const replaced = (value: AttributeValue, path: Path, content: AttributeValue | undefined): AttributeValue => {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (rest.length === 0) return content ? withChild(value, step, content) : withoutChild(value, step)
  const inner = child(value, step)
  if (!inner) throw wrongPath()
  return withChild(value, step, replaced(inner, rest, content))
}

type Write = { readonly path: Path; readonly content: AttributeValue | undefined }

const writeOf = (action: BoundAction, item: AttributeMap, mismatch: string): Write => {
  const { path } = action
  if (action.type === 'REMOVE') return { path, content: undefined }
  if (action.type === 'SET') return { path, content: operandValue(action.assigned, item) }
  const present = valueAt(item, path)
  return { path, content: action.type === 'ADD' ? added(present, action.value, mismatch) : deleted(present, action.value, mismatch) }
}

const lastIndex = ({ path }: Write): number => {
  const last = path.at(-1)
  return typeof last === 'number' ? last : -1
}

/**
 * The item after the update. Sets come first, in the order of their list indexes (one past the end appends); removals
 * follow, from the highest index down, so that every index means what it meant in the old item. `mismatch` is what an
 * ADD or DELETE to a value of another type is refused with.
 */
export const applyUpdate = (item: AttributeMap, actions: readonly BoundAction[], mismatch: string = wrongOperand): AttributeMap => {
  const writes = actions.map(action => writeOf(action, item, mismatch))
  const sets = writes.filter(write => write.content).sort((a, b) => lastIndex(a) - lastIndex(b))
  const removals = writes.filter(write => !write.content).sort((a, b) => lastIndex(b) - lastIndex(a))
  let document: AttributeValue = { M: item }
  for (const { path, content } of [...sets, ...removals]) document = replaced(document, path, content)
  return 'M' in document ? document.M : item
}
