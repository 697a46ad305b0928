import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeTime, isValid } from 'ulid'
import { newId } from '../../functions/new-id.ts'

test('an id is a ULID that carries its time, and no two of them are the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), at => {
      const [id, other] = [newId(at), newId(at)]
      expect([isValid(id), decodeTime(id)]).toEqual([true, at])
      expect(id).not.toBe(other)
    }),
  )
})
