import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { hasEnded, isRunning, readStat, startOf } from '../../../local/running-process.ts'

/** A line of /proc/PID/stat: number, name, state, and the fields up to `starttime`, the 22nd. */
const stat = (name: string, state: string): string =>
  `4711 (${name}) ${state} ${Array.from({ length: 18 }, (_, index) => index).join(' ')} 987654 0 0\n`

describe('whether a process still runs', () => {
  test('this one does, and knows when it began', () => {
    expect(isRunning(process.pid)).toBe(true)
    expect(startOf(process.pid)).toMatch(/^\d+$/)
  })

  test('one that has ended does not', async () => {
    const child = spawn('true')
    await once(child, 'close')
    expect(isRunning(Number(child.pid))).toBe(false)
  })

  test.each([
    ['sleeping', 'S', false],
    ['running', 'R', false],
    ['killed and not waited for yet', 'Z', true],
    ['dead', 'X', true],
  ])('%s', (_, state, ended) => {
    expect(hasEnded(readStat(stat('node', state)))).toBe(ended)
    expect(hasEnded(readStat(stat('odd) Z (name', state)))).toBe(ended)
    expect(readStat(stat('node', state)).start).toBe('987654')
  })
})
