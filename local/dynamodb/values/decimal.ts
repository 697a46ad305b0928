/*
 * DynamoDB's numbers: up to 38 significant decimal digits, magnitude from 1E-130 to 9.99…E+125, exact.
 * A Decimal is 0.DIGITS × 10^exponent without leading or trailing zeros in DIGITS; zero has no digits.
 */
export type Decimal = { readonly negative: boolean; readonly digits: string; readonly exponent: number }

const zero: Decimal = { negative: false, digits: '', exponent: 0 }
const numeral = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/

const normalized = (negative: boolean, digits: string, exponent: number): Decimal => {
  let start = 0
  while (start < digits.length && digits[start] === '0') start++
  if (start === digits.length) return zero
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return { negative, digits: digits.slice(start, end), exponent: exponent - start }
}

/** Undefined when the text is no number. */
export const parseDecimal = (text: string): Decimal | undefined => {
  const match = numeral.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  if (whole === '' && fraction === '') return undefined
  return normalized(sign === '-', whole + fraction, whole.length + Number(power))
}

/** Why the service would not store it, in its words; undefined when it would. */
export const outOfRange = (number: Decimal): string | undefined => {
  if (number.exponent > 126) return 'Number overflow. Attempting to store a number with magnitude larger than supported range'
  if (number.digits !== '' && number.exponent < -129)
    return 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
  if (number.digits.length > 38) return 'Attempting to store more than 38 significant digits in a Number'
  return undefined
}

/** Plain notation, never with an exponent: this is how the service writes numbers back. */
export const formatDecimal = ({ negative, digits, exponent }: Decimal): string => {
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`
  if (exponent >= digits.length) return sign + digits + '0'.repeat(exponent - digits.length)
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

const magnitudeOrder = (a: Decimal, b: Decimal): number => {
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -1 : 1
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1
}

/** Negative, zero or positive, as a sorts before, with or after b. */
export const compareDecimals = (a: Decimal, b: Decimal): number => {
  if (a.digits === '' || b.digits === '') return signOf(a) - signOf(b)
  if (a.negative !== b.negative) return a.negative ? -1 : 1
  return a.negative ? magnitudeOrder(b, a) : magnitudeOrder(a, b)
}

const signOf = ({ digits, negative }: Decimal) => (digits === '' ? 0 : negative ? -1 : 1)

const scaled = ({ negative, digits, exponent }: Decimal, scale: number): bigint => {
  const magnitude = BigInt(digits === '' ? '0' : digits + '0'.repeat(exponent - digits.length + scale))
  return negative ? -magnitude : magnitude
}

/** Exact; whether the sum still fits is `outOfRange`'s to say. */
export const addDecimals = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.digits.length - a.exponent, b.digits.length - b.exponent, 0)
  const sum = scaled(a, scale) + scaled(b, scale)
  const digits = (sum < 0n ? -sum : sum).toString()
  return normalized(sum < 0n, digits, digits.length - scale)
}

export const negate = (number: Decimal): Decimal => (number.digits === '' ? number : { ...number, negative: !number.negative })
