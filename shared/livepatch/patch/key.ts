import type { Place } from '../elf/follow.ts'
import type { Elf } from '../elf/read-elf.ts'

/** A place as one number, so that it can be a key and stand in a column: section index above, offset (below 2^32) underneath. */
export type Key = number

export const OFFSET_END = 0x1_0000_0000

export const keyOf = (section: number, offset: number): Key => section * OFFSET_END + offset

/** Null where no section has that index. */
export const placeOf = (elf: Elf, key: Key): Place | null => {
  const section = elf.sections[Math.floor(key / OFFSET_END)]
  return section ? { section, offset: key % OFFSET_END } : null
}
