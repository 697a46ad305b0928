import { describe, expect, test } from '@jest/globals'
import { runTask } from '../../functions/lifecycle/run-task.ts'
import { jsonLog, type Log } from '../../functions/log.ts'
import { stableId } from '../../functions/stable-id.ts'

const written = (threshold: string, write: (log: Log) => void): readonly Readonly<Record<string, unknown>>[] => {
  const lines: string[] = []
  write(jsonLog(threshold, 'supersede-test', line => lines.push(line)))
  return lines.map(line => JSON.parse(line))
}

describe('a log line', () => {
  test('is one JSON object with level, time, service, message and facts', () => {
    const [line] = written('info', log => log('info', 'request', { status: 201, actor: 'alice' }))
    expect(line).toMatchObject({ level: 'INFO', service: 'supersede-test', message: 'request', status: 201, actor: 'alice' })
    expect(Date.parse(String(line?.['timestamp']))).not.toBeNaN()
  })

  test.each([
    ['debug', 4],
    ['info', 3],
    ['WARN', 2],
    ['error', 1],
    ['nonsense', 3],
  ])('is written from the level %s on', (threshold, count) => {
    const levels = ['debug', 'info', 'warn', 'error'] as const
    const lines = written(threshold, log => {
      for (const level of levels) log(level, 'x')
    })
    expect(lines).toHaveLength(count)
  })

  test('tells an error with its stack and its cause', () => {
    const error = new Error('outer', { cause: new TypeError('inner') })
    const [line] = written('info', log => log('error', 'failed', { error }))
    expect(line?.['error']).toMatchObject({
      name: 'Error',
      message: 'outer',
      stack: expect.stringContaining('log.test'),
      cause: { name: 'TypeError', message: 'inner' },
    })
  })
})

describe('a task', () => {
  const lines: { readonly level: string; readonly facts: unknown }[] = []
  const log: Log = (level, _, facts) => lines.push({ level, facts })

  test('is logged without its token, whether it succeeds or fails, and its failure goes on', async () => {
    const input = { change: 'c', token: 'secret' }
    expect(await runTask('await-wave', log, async ({ change }: typeof input) => ({ change }))(input)).toEqual({ change: 'c' })
    const failing = runTask('await-wave', log, async (_: typeof input) => Promise.reject(new Error('no')))
    await expect(failing(input)).rejects.toThrow('no')
    expect(lines.map(({ level }) => level)).toEqual(['info', 'error'])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('an id that follows from a text', () => {
  test('has the form of a ULID, is the same each time, and another for another text', () => {
    expect(stableId('a')).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect(stableId('a')).toBe(stableId('a'))
    expect(stableId('a')).not.toBe(stableId('b'))
  })
})
