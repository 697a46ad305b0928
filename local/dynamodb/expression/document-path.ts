import type { AttributeMap, AttributeValue } from '../values/attribute-value.ts'
import { attributeOf } from '../values/attribute-value.ts'
import type { Path, Step } from './syntax.ts'

/** What lies at a path, or undefined where any step leads nowhere. */
export const valueAt = (item: AttributeMap, path: Path): AttributeValue | undefined => {
  let value: AttributeValue | undefined = { M: item }
  for (const step of path) {
    if (value === undefined) return undefined
    value = childOf(value, step)
  }
  return value
}

const childOf = (value: AttributeValue, step: Step): AttributeValue | undefined => {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined
  return 'M' in value ? attributeOf(value.M, step) : undefined
}
