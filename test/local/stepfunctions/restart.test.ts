import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../../local/stepfunctions/storage/database.ts'
import { keepWorker, newWorld, openFixture } from './fixture.ts'

const kept = keepWorker()
const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-restart-'))
afterAll(() => {
  kept.close()
  rmSync(folder, { recursive: true, force: true })
})

const resting = { QueryLanguage: 'JSONata', StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } }

/* After a restart an execution runs on disk only, until somebody asks for it or `resume` does. */
describe('an execution that nobody has resumed yet', () => {
  const restarted = async (name: string) => {
    const file = join(folder, `${name}.sqlite`)
    const world = newWorld()
    const before = openFixture({ file, world })
    const arn = await before.start(await before.create(resting), { a: 1 }, 'run')
    await before.settle()
    before.close()
    return { arn, world, fixture: openFixture({ file, world }) }
  }

  test('is the same execution for the same start, and the name stays taken for another', async () => {
    const { arn, fixture } = await restarted('started')
    const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine'
    expect(await fixture.start(machine, { a: 1 }, 'run')).toBe(arn)
    const other = await fixture.call('StartExecution', { stateMachineArn: machine, name: 'run', input: '{}' })
    expect(other.body.__type).toBe('ExecutionAlreadyExists')
    await fixture.pass(3600_000)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'SUCCEEDED' })
    fixture.close()
  })

  test('can be stopped', async () => {
    const { arn, fixture } = await restarted('stopped')
    await fixture.ask('StopExecution', { executionArn: arn })
    expect(await fixture.describe(arn)).toMatchObject({ status: 'ABORTED' })
    fixture.close()
  })

  test('that was due while the process was dead goes on at once', async () => {
    const { arn, world, fixture } = await restarted('overdue')
    world.now += 7200_000
    await fixture.resume()
    await fixture.settle()
    const { status, stopDate } = await fixture.describe(arn)
    expect({ status, stopDate }).toEqual({ status: 'SUCCEEDED', stopDate: world.now / 1000 })
    fixture.close()
  })
})

describe('writes of one moment', () => {
  const rows = (database: ReturnType<typeof openDatabase>) => database.sql.prepare('SELECT id FROM definitions ORDER BY id').all()
  const put = (database: ReturnType<typeof openDatabase>, id: string) => () => {
    database.sql.prepare('INSERT INTO definitions (id, text) VALUES (?, ?)').run(id, id)
  }

  test('are one transaction, in their order', async () => {
    const database = openDatabase(join(folder, 'group.sqlite'))
    const seen: boolean[] = []
    const write = (id: string) =>
      database.commit(() => {
        put(database, id)()
        seen.push(database.sql.isTransaction)
      })
    await Promise.all(['a', 'b', 'c'].map(write))
    expect(seen).toEqual([true, true, true])
    expect(rows(database)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    database.close()
  })

  test('fail together, and the next ones do not', async () => {
    const database = openDatabase(join(folder, 'failed.sqlite'))
    const together = await Promise.allSettled([database.commit(put(database, 'a')), database.commit(put(database, 'a'))])
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await database.commit(put(database, 'b'))
    expect(rows(database)).toEqual([{ id: 'b' }])
    database.close()
  })

  test('that come after closing are refused', async () => {
    const database = openDatabase(':memory:')
    const late = database.commit(put(database, 'a'))
    database.close()
    await expect(late).rejects.toThrow('closed')
  })
})
