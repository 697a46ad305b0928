import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addDecimals, compareDecimals, type Decimal, formatDecimal, parseDecimal } from '../../../local/dynamodb/values/decimal.ts'
import { encodeDecimal, encodeSort } from '../../../local/dynamodb/values/key-encoding.ts'

/** Every number the service can hold: up to 38 digits, exponents to its limits. */
const numerals = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.integer({ min: -130, max: 87 }))
  .map(([negative, digits, exponent]) => `${negative ? '-' : ''}${digits}e${exponent}`)
  .filter(text => (decimal(text).exponent > -130 || decimal(text).digits === '') && decimal(text).exponent <= 126)

const decimal = (text: string): Decimal => {
  const number = parseDecimal(text)
  if (!number) throw new Error(`no number: ${text}`)
  return number
}

/** The slow reference: the number as an integer count of 1e-200. */
const scaled = (text: string): bigint => {
  const [mantissa = '0', exponent = '0'] = text.split('e')
  return BigInt(mantissa) * 10n ** BigInt(200 + Number(exponent))
}

const sign = (order: number | bigint): number => (order < 0 ? -1 : order > 0 ? 1 : 0)

describe('numbers', () => {
  test('compare as exact integers do', () => {
    fc.assert(
      fc.property(numerals, numerals, (a, b) => expect(sign(compareDecimals(decimal(a), decimal(b)))).toBe(sign(scaled(a) - scaled(b)))),
    )
  })

  test('are encoded in their order', () => {
    fc.assert(
      fc.property(numerals, numerals, (a, b) => {
        expect(sign(Buffer.compare(encodeDecimal(decimal(a)), encodeDecimal(decimal(b))))).toBe(sign(scaled(a) - scaled(b)))
      }),
    )
  })

  test('add exactly', () => {
    fc.assert(
      fc.property(numerals, numerals, (a, b) => {
        const sum = scaled(a) + scaled(b)
        expect(compareDecimals(addDecimals(decimal(a), decimal(b)), decimal(`${sum}e-200`))).toBe(0)
      }),
    )
  })

  test('are written so that they read back the same', () => {
    fc.assert(fc.property(numerals, text => expect(decimal(formatDecimal(decimal(text)))).toEqual(decimal(text))))
  })
})

describe('sort keys', () => {
  const ordered = (a: Buffer, b: Buffer) => sign(Buffer.compare(a, b))

  test('of text are encoded in the order of their UTF-8 bytes, and none is the beginning of another', () => {
    const texts = fc.string({ unit: fc.constantFrom('\u0000', '\u0001', 'a', 'é', '☃', '𝒳', '\uffff') })
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [first, second] = [encodeSort({ S: a }), encodeSort({ S: b })]
        expect(ordered(first, second)).toBe(ordered(Buffer.from(a), Buffer.from(b)))
        expect(a !== b && second.subarray(0, first.length).equals(first)).toBe(false)
      }),
    )
  })

  test('of bytes are encoded in their order', () => {
    const bytes = fc.array(fc.constantFrom(0, 1, 254, 255)).map(list => Buffer.from(list))
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(ordered(encodeSort({ B: a.toString('base64') }), encodeSort({ B: b.toString('base64') }))).toBe(ordered(a, b))
      }),
    )
  })
})
