import { invalid, invalidParameters } from '../fault.ts'
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { setAttribute } from './attribute-value.ts'
import { formatDecimal, outOfRange, parseDecimal } from './decimal.ts'

const depthMax = 32
const nameBytesMax = 65_535

/** The text that the service stores and gives back for a number: plain notation, no padding zeros. */
const normalizedNumber = (text: string): string => {
  if (text === '') throw invalid('The parameter cannot be converted to a numeric value')
  const number = parseDecimal(text)
  if (!number) throw invalid(`The parameter cannot be converted to a numeric value: ${text}`)
  const refusal = outOfRange(number)
  if (refusal) throw invalid(refusal)
  return formatDecimal(number)
}

const hasDuplicate = (list: readonly string[]): boolean => new Set(list).size !== list.length

const checkedStringSet = (set: readonly string[]): AttributeValue => {
  if (set.length === 0) throw invalidParameters('An string set  may not be empty')
  if (hasDuplicate(set)) throw invalidParameters(`Input collection [${set.join(', ')}] contains duplicates.`)
  return { SS: set }
}

const checkedNumberSet = (set: readonly string[]): AttributeValue => {
  if (set.length === 0) throw invalidParameters('An number set  may not be empty')
  const numbers = set.map(normalizedNumber)
  if (hasDuplicate(numbers)) throw invalid('Input collection contains duplicates')
  return { NS: numbers }
}

const checkedBinarySet = (set: readonly string[]): AttributeValue => {
  if (set.length === 0) throw invalidParameters('Binary sets should not be empty')
  if (hasDuplicate(set)) throw invalidParameters(`Input collection [${set.join(', ')}]of type BS contains duplicates.`)
  return { BS: set }
}

const checkedNull = (set: boolean): AttributeValue => {
  if (!set) throw invalidParameters('Null attribute value types must have the value of true')
  return { NULL: true }
}

/** A value with its numbers normalized, or the service's ValidationException. `depth` counts the lists and maps around it. */
export const checkedValue = (value: AttributeValue, depth = 0): AttributeValue => {
  const names = Object.keys(value)
  if (names.length === 0) throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
  if (names.length === 1) return checkedTypes(value, depth)
  for (const [name, content] of Object.entries(value)) checkedTypes(Object.fromEntries([[name, content]]) as AttributeValue, depth)
  throw invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes')
}

const checkedTypes = (value: AttributeValue, depth: number): AttributeValue => {
  if (depth > depthMax)
    throw invalid('Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit')
  if ('S' in value) return value
  if ('N' in value) return { N: normalizedNumber(value.N) }
  if ('M' in value) return { M: checkedMap(value.M, depth + 1) }
  if ('L' in value) return { L: value.L.map(element => checkedValue(element, depth + 1)) }
  if ('SS' in value) return checkedStringSet(value.SS)
  if ('NS' in value) return checkedNumberSet(value.NS)
  if ('BS' in value) return checkedBinarySet(value.BS)
  if ('NULL' in value) return checkedNull(value.NULL)
  return value
}

/** The same for every attribute of an item or of a map. */
export const checkedMap = (map: AttributeMap, depth = 0): AttributeMap => {
  const checked: Record<string, AttributeValue> = {}
  for (const name of Object.keys(map)) {
    const value = map[name]
    if (name.length * 3 > nameBytesMax && Buffer.byteLength(name) > nameBytesMax)
      throw invalidParameters(`Attribute name is too large, must be less than ${nameBytesMax + 1} bytes`)
    if (value) setAttribute(checked, name, checkedValue(value, depth))
  }
  return checked
}
