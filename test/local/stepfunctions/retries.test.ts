import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Failure, matches } from '../../../local/stepfunctions/engine/failure.ts'
import { keepWorker, newWorld, openFixture, startOfTime } from './fixture.ts'

const kept = keepWorker()
afterAll(() => kept.close())

const failing = (retrier: object) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'T',
  States: {
    T: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f' },
      Retry: [{ ErrorEquals: ['Boom'], ...retrier }],
      End: true,
    },
  },
})

/** The seconds after the start at which the function was called. */
const callTimes = async (retrier: object): Promise<number[]> => {
  const world = newWorld()
  const times: number[] = []
  const invoke = async () => {
    times.push((world.now - startOfTime) / 1000)
    throw { name: 'Boom' }
  }
  const fixture = openFixture({ world, invoke })
  const arn = await fixture.start(await fixture.create(failing(retrier)))
  await fixture.pass(365 * 86_400_000)
  expect(await fixture.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Boom' })
  fixture.close()
  return times
}

describe('a retrier waits', () => {
  test.each([
    ['one, two, four seconds when nothing is said', {}, [0, 1, 3, 7]],
    ['as often as it may', { MaxAttempts: 1 }, [0, 1]],
    ['longer by its rate', { IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 3 }, [0, 10, 40, 130]],
    ['the same time with a rate of one', { IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 3 }, [0, 5, 10, 15]],
    ['never longer than its limit', { IntervalSeconds: 4, MaxDelaySeconds: 6, MaxAttempts: 4 }, [0, 4, 10, 16, 22]],
    ['not at all when it may not', { MaxAttempts: 0 }, [0]],
  ])('%s', async (_, retrier, times) => {
    expect(await callTimes(retrier)).toEqual(times)
  })

  test('at most its time with full jitter', async () => {
    const times = await callTimes({ IntervalSeconds: 8, MaxAttempts: 4, JitterStrategy: 'FULL' })
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    for (const [index, wait] of waits.entries()) expect(wait).toBeLessThanOrEqual(8 * 2 ** index)
    expect(waits).not.toEqual([8, 16, 32, 64])
  })

  test('on through a restart, with its count', async () => {
    const world = newWorld()
    const counts: unknown[] = []
    const definition = failing({ IntervalSeconds: 10, MaxAttempts: 2 })
    const counting = { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' }
    const machine = { ...definition, States: { T: { ...definition.States.T, Arguments: counting } } }
    const invoke = async ({ arguments: given }: { arguments: unknown }) => {
      counts.push(Object(given).Payload)
      throw { name: 'Boom' }
    }
    const { mkdtempSync, rmSync } = await import('node:fs')
    const folder = mkdtempSync(`${(await import('node:os')).tmpdir()}/stepfunctions-retry-`)
    const open = () => openFixture({ world, invoke, file: `${folder}/data.sqlite` })
    let fixture = open()
    const arn = await fixture.start(await fixture.create(machine))
    await fixture.pass(9_000)
    fixture.close()
    fixture = open()
    await fixture.resume()
    await fixture.pass(999)
    expect(counts).toEqual([0])
    await fixture.pass(1)
    expect(counts).toEqual([0, 1])
    fixture.close()
    fixture = open()
    /* Asking for it is enough to take it up again. */
    await fixture.call('StopExecution', { executionArn: 'arn:aws:states:us-east-1:000000000000:execution:none:none' })
    await fixture.resume()
    await fixture.pass(20_000)
    expect(counts).toEqual([0, 1, 2])
    expect(await fixture.describe(arn)).toMatchObject({ status: 'FAILED' })
    fixture.close()
    rmSync(folder, { recursive: true })
  })
})

describe('an error is matched', () => {
  const failure = (error: string | undefined, more: Partial<Failure> = {}): Failure => ({ error, cause: undefined, ...more })
  test.each<[string[], Failure, boolean]>([
    [['Boom'], failure('Boom'), true],
    [['Boom'], failure('boom'), false],
    [['Other', 'Boom'], failure('Boom'), true],
    [['States.ALL'], failure('Boom'), true],
    [['States.ALL'], failure(undefined), true],
    [['States.ALL'], failure('States.Timeout'), true],
    [['States.ALL'], failure('States.QueryEvaluationError'), true],
    [['States.ALL'], failure('States.Runtime', { terminal: 'always' }), false],
    [['States.Runtime'], failure('States.Runtime', { terminal: 'always' }), false],
    [['States.ALL'], failure('States.DataLimitExceeded', { terminal: 'unless-named' }), false],
    [['States.DataLimitExceeded'], failure('States.DataLimitExceeded', { terminal: 'unless-named' }), true],
    [['States.ALL'], failure('States.DataLimitExceeded'), true],
    [['States.TaskFailed'], failure('Boom'), true],
    [['States.TaskFailed'], failure('States.Timeout'), false],
    [['States.Timeout'], failure('States.Timeout', { alias: 'States.HeartbeatTimeout' }), true],
    [['States.HeartbeatTimeout'], failure('States.Timeout', { alias: 'States.HeartbeatTimeout' }), true],
    [['States.HeartbeatTimeout'], failure('States.Timeout'), false],
  ])('%j against %j: %s', (names, error, expected) => {
    expect(matches(names, error)).toBe(expected)
  })

  test('States.ALL takes whatever is not terminal, and nothing takes a runtime error', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (error, names) => {
        expect(matches([...names, 'States.ALL'], failure(error))).toBe(true)
        expect(matches([...names, error, 'States.ALL'], failure(error, { terminal: 'always' }))).toBe(false)
      }),
    )
  })
})
