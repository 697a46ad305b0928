import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { type Decimal, parseDecimal } from './decimal.ts'

/** Bytes of decoded base64, without decoding it. */
export const base64Bytes = (text: string): number => (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)

/** A number costs a byte, one for each pair of digits (pairs lie at even powers of ten), and one for a minus. */
const decimalBytes = ({ negative, digits, exponent }: Decimal): number => {
  if (digits === '') return 1
  const aligned = digits.length + (exponent % 2 === 0 ? 0 : 1)
  return 1 + Math.ceil(aligned / 2) + (negative ? 1 : 0)
}

const numberBytes = (text: string): number => {
  const number = parseDecimal(text)
  return number ? decimalBytes(number) : 0
}

const total = <Element>(list: readonly Element[], bytesOf: (element: Element) => number): number => {
  let sum = 0
  for (const element of list) sum += bytesOf(element)
  return sum
}

export const valueBytes = (value: AttributeValue): number => {
  if ('S' in value) return Buffer.byteLength(value.S)
  if ('N' in value) return numberBytes(value.N)
  if ('M' in value) return 3 + Object.keys(value.M).length + itemBytes(value.M)
  if ('L' in value) return 3 + total(value.L, element => 1 + valueBytes(element))
  if ('B' in value) return base64Bytes(value.B)
  if ('SS' in value) return total(value.SS, text => Buffer.byteLength(text))
  if ('NS' in value) return total(value.NS, numberBytes)
  if ('BS' in value) return total(value.BS, base64Bytes)
  return 1
}

/** The size of an item in bytes, as the service counts it: names and values. */
export const itemBytes = (item: AttributeMap): number => {
  let sum = 0
  for (const name of Object.keys(item)) {
    const value = item[name]
    if (value) sum += Buffer.byteLength(name) + valueBytes(value)
  }
  return sum
}
