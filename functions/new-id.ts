import { randomBytes } from 'node:crypto'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_DIGITS = 10
const RANDOM_DIGITS = 16

/** A ULID of a time in epoch milliseconds: ten digits of time, sixteen of chance. The package that makes them is 2 KB in each of sixty bundles. */
export const newId = (at: number): string => {
  const time = Array.from({ length: TIME_DIGITS }, (_, index) => CROCKFORD[Math.floor(at / 32 ** (TIME_DIGITS - 1 - index)) % 32])
  return [...time, ...[...randomBytes(RANDOM_DIGITS)].map(byte => CROCKFORD[byte % 32])].join('')
}
