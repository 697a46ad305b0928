import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { isRunning, startOf } from '../../../local/running-process.ts'

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

  test('one that has ended and that nobody waited for does not either', async () => {
    // The shell starts a child and becomes a program that waits for no one.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 30'])
    const [line] = await once(parent.stdout, 'data')
    const pid = Number(String(line))
    const isZombie = () => !isRunning(pid)
    while (!isZombie()) await new Promise(setImmediate)
    expect(() => process.kill(pid, 0)).not.toThrow()
    parent.kill('SIGKILL')
  })
})
