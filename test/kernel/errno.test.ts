import { constants } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { lastOf, load, started, target } from './world.ts'

/** Second names of EOPNOTSUPP and EAGAIN. */
const ALIASES: readonly string[] = ['ENOTSUP', 'EWOULDBLOCK']

describe('an error is named', () => {
  const named = Object.entries(constants.errno).filter(([name]) => !ALIASES.includes(name))

  test.each(named)('%s as the C library names it', (name, number) => {
    expect(lastOf(started(), load(target('t', { initResult: -number }))).result).toBe(name)
  })

  test('by its number where the C library has no name for it', () => {
    expect(lastOf(started(), load(target('t', { initResult: -517 }))).result).toBe('-517')
  })
})
