import { createHash } from 'node:crypto'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * An id in the form of a ULID that follows from a text alone: what may be recorded twice after a crash is recorded under the same id, and so
 * once. Its time part means nothing.
 */
export const stableId = (text: string): string => {
  const bytes = createHash('sha256').update(text).digest()
  return `0${[...bytes.subarray(0, 25)].map(byte => CROCKFORD[byte % 32]).join('')}`
}
