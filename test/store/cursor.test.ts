import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeCursor, encodeCursor } from '../../shared/store/cursor.ts'
import { InvalidCursor } from '../../shared/store/index.ts'

const anyPosition = fc.record({ sk: fc.string({ minLength: 1, maxLength: 50 }), pk: fc.string({ minLength: 1, maxLength: 50 }) })
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const genuine = encodeCursor('hosts of edge', { sk: 'host-7' })

describe('a cursor', () => {
  test('gives back the position that it was made of', () => {
    fc.assert(
      fc.property(fc.string(), anyPosition, (scope, position) => {
        expect(decodeCursor(scope, ['sk', 'pk'], encodeCursor(scope, position))).toEqual(position)
      }),
    )
  })

  test('none is the beginning', () => {
    expect(decodeCursor('any', ['sk'], undefined)).toBeNull()
  })

  test.each<[string, string]>([
    ['an empty text', ''],
    ['no base64url', 'not a cursor!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['JSON of another kind', encoded('host-7')],
    ['a bare position', encoded({ sk: 'host-7' })],
    ['another version', encoded([2, JSON.parse(Buffer.from(genuine, 'base64url').toString())[1], { sk: 'host-7' }])],
    ['another listing', encodeCursor('hosts of core', { sk: 'host-7' })],
    ['a partition of its own', encodeCursor('hosts of edge', { sk: 'host-7', pk: 'members#core' })],
    ['a missing attribute', encodeCursor('hosts of edge', {})],
    ['an attribute of another name', encodeCursor('hosts of edge', { pk: 'host-7' })],
    ['a number for a key', encoded([1, JSON.parse(Buffer.from(genuine, 'base64url').toString())[1], { sk: 7 }])],
    ['an empty key', encodeCursor('hosts of edge', { sk: '' })],
    ['a key longer than any', encodeCursor('hosts of edge', { sk: 'x'.repeat(1_025) })],
    ['a list for a position', encoded([1, JSON.parse(Buffer.from(genuine, 'base64url').toString())[1], ['host-7']])],
    ['something far too long', 'A'.repeat(5_000)],
  ])('with %s is refused by name', (_, cursor) => {
    expect(() => decodeCursor('hosts of edge', ['sk'], cursor)).toThrow(InvalidCursor)
  })

  test('whatever text somebody sends, the answer is a position with these names or the one refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map(json => Buffer.from(json).toString('base64url')),
        ),
        cursor => {
          try {
            const position = decodeCursor('s', ['sk'], cursor)
            expect(Object.keys(position ?? {})).toEqual(['sk'])
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidCursor)
          }
        },
      ),
    )
  })
})
