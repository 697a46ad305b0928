import { sha256 } from '../canonical/index.ts'

/** A cursor that this listing did not hand out: cut, edited, or of another listing. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor'
  readonly code = 'bad-cursor'
  constructor() {
    super('The cursor does not belong to this listing; leave it out to begin anew.')
  }
}

/** Where a page ended: sort keys by attribute name. */
export type Position = Readonly<Record<string, string>>

const CURSOR_LENGTH_MAX = 4_096
/** Longest sort key of the service, in bytes; ours are ASCII. */
const KEY_LENGTH_MAX = 1_024

const scopeHash = (scope: string): string => sha256(scope).slice(0, 16)

/**
 * Opaque to clients, and no secret: it says where a page ended, never whose listing it is. The partition always comes from the
 * query itself, so that the worst a forged cursor can do is to begin at another place of what its holder may read anyway.
 */
export const encodeCursor = (scope: string, position: Position): string =>
  Buffer.from(JSON.stringify([1, scopeHash(scope), position])).toString('base64url')

const parsed = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

const isPosition = (value: unknown, names: readonly string[]): value is Position =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length === names.length &&
  names.every(name => {
    const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
    return typeof member === 'string' && member.length > 0 && member.length <= KEY_LENGTH_MAX
  })

/** Null without a cursor; throws InvalidCursor unless it was made for `scope` with exactly these attribute names. */
export const decodeCursor = (scope: string, names: readonly string[], cursor: string | undefined): Position | null => {
  if (cursor === undefined) return null
  if (cursor.length > CURSOR_LENGTH_MAX || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw new InvalidCursor()
  const value = parsed(cursor)
  if (!Array.isArray(value) || value.length !== 3) throw new InvalidCursor()
  const [version, hash, position]: unknown[] = value
  if (version !== 1 || hash !== scopeHash(scope) || !isPosition(position, names)) throw new InvalidCursor()
  return position
}
