import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { detailOf, type Fixture, keepWorker, line, newWorld, openFixture, type World } from './fixture.ts'

const kept = keepWorker()
const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-tokens-'))
afterAll(() => {
  kept.close()
  rmSync(folder, { recursive: true, force: true })
})

const waiting = (more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Await',
  States: {
    Await: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'ask', Payload: { link: '{% "id=" & $states.context.Task.Token %}', given: '{% $states.input %}' } },
      End: true,
      ...more,
    },
  },
})

const functions = { ask: [{ returns: 'asked' }] }
const tokenIn = (world: World, index = 0): string => {
  const given = Object(world.calls[index]?.request.arguments)
  return String(given.Payload.link).slice('id='.length)
}

let fixture: Fixture
let world: World
let arn: string
const begin = async (more: object = {}, input: unknown = {}) => {
  arn = await fixture.start(await fixture.create(waiting(more)), input, 'run')
  await fixture.pass(0)
}
beforeEach(() => {
  fixture?.close()
  world = newWorld()
  fixture = openFixture({ functions, world })
})
afterAll(() => fixture.close())

const failure = async (operation: string, body: Record<string, unknown>) => (await fixture.call(operation, body)).body.__type

describe('a task that waits for its token', () => {
  test('is submitted when the call was answered, and succeeds with the output that the token brings', async () => {
    await begin({ TimeoutSeconds: 600, HeartbeatSeconds: 60 })
    await fixture.ask('SendTaskSuccess', { taskToken: tokenIn(world), output: '{"yes": 1.0}' })
    expect(await fixture.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"yes": 1.0}' })
    expect((await fixture.history(arn)).map(line)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 TaskStateEntered Await',
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSubmitted',
      '6<5 TaskSucceeded',
      '7<6 TaskStateExited Await',
      '8<7 ExecutionSucceeded',
    ])
  })

  test('fails with the error that the token brings, which may have no name', async () => {
    await begin({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }).catch(() => undefined)
    fixture.close()
    world = newWorld()
    fixture = openFixture({ functions, world })
    const definition = waiting({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] })
    arn = await fixture.start(await fixture.create({ ...definition, States: { ...definition.States, Caught: { Type: 'Succeed' } } }))
    await fixture.pass(0)
    await fixture.ask('SendTaskFailure', { taskToken: tokenIn(world) })
    await fixture.pass(0)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"Error":null,"Cause":null}' })
  })

  test('may be answered before its call is', async () => {
    fixture.close()
    let answerCall = (_: unknown) => undefined as unknown
    fixture = openFixture({
      world,
      invoke: request => {
        world.calls.push({ name: 'ask', request })
        return new Promise(resolve => {
          answerCall = resolve
        })
      },
    })
    await begin()
    await fixture.ask('SendTaskSuccess', { taskToken: tokenIn(world), output: '1' })
    answerCall('too late')
    await fixture.pass(0)
    expect((await fixture.history(arn)).map(event => event.type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ])
  })

  test('times out by its own clock, and by silence', async () => {
    await begin({ TimeoutSeconds: 600, HeartbeatSeconds: 60 })
    for (let beat = 0; beat < 9; beat += 1) {
      await fixture.pass(59_000)
      await fixture.ask('SendTaskHeartbeat', { taskToken: tokenIn(world) })
    }
    await fixture.pass(59_000)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'RUNNING' })
    await fixture.ask('SendTaskHeartbeat', { taskToken: tokenIn(world) })
    await fixture.pass(11_000)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
  })

  test.each(['States.Timeout', 'States.HeartbeatTimeout'])('a missed heartbeat is caught as %s', async name => {
    const definition = waiting({ HeartbeatSeconds: 10, Catch: [{ ErrorEquals: [name], Next: 'Caught' }] })
    arn = await fixture.start(await fixture.create({ ...definition, States: { ...definition.States, Caught: { Type: 'Succeed' } } }))
    await fixture.pass(9_999)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'RUNNING' })
    await fixture.pass(1)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'SUCCEEDED' })
  })
})

describe('a token', () => {
  test('is refused when it is none, or nobody gave it out', async () => {
    await begin()
    const token = tokenIn(world)
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
    expect(await failure('SendTaskSuccess', { taskToken: 'nonsense', output: '1' })).toBe('InvalidToken')
    expect(await failure('SendTaskSuccess', { taskToken: forged, output: '1' })).toBe('TaskDoesNotExist')
    expect(await failure('SendTaskSuccess', { taskToken: token, output: 'not json' })).toBe('InvalidOutput')
    expect(await failure('SendTaskSuccess', { taskToken: token, output: `"${'x'.repeat(262_144)}"` })).toBe('InvalidOutput')
    expect(await failure('SendTaskSuccess', { taskToken: 'x'.repeat(2049), output: '1' })).toBe('ValidationException')
    expect(await fixture.describe(arn)).toMatchObject({ status: 'RUNNING' })
  })

  test.each(['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'])('works once; afterwards %s is told so', async operation => {
    await begin()
    const taskToken = tokenIn(world)
    await fixture.ask('SendTaskSuccess', { taskToken, output: '1' })
    expect(await failure(operation, { taskToken, output: '1' })).toBe('TaskTimedOut')
  })

  test('two answers at the same time: one of them counts', async () => {
    await begin()
    const taskToken = tokenIn(world)
    const answers = await Promise.all(['1', '2', '3'].map(output => fixture.call('SendTaskSuccess', { taskToken, output })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
  })

  test('is too late after the deadline, even when no timer has fired yet', async () => {
    await begin({ TimeoutSeconds: 30 })
    world.now += 30_000
    expect(await failure('SendTaskSuccess', { taskToken: tokenIn(world), output: '1' })).toBe('TaskTimedOut')
    expect(await fixture.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
  })

  test('of one attempt does not answer for the next one', async () => {
    await begin({ TimeoutSeconds: 30, Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1 }] })
    await fixture.pass(31_000)
    expect(world.calls).toHaveLength(2)
    expect(await failure('SendTaskSuccess', { taskToken: tokenIn(world, 0), output: '1' })).toBe('TaskTimedOut')
    await fixture.ask('SendTaskSuccess', { taskToken: tokenIn(world, 1), output: '2' })
    expect(await fixture.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '2' })
  })

  test('stays good, with its deadline, when the process dies; an interrupted call is made again with the same one', async () => {
    fixture.close()
    const file = join(folder, 'restart.sqlite')
    fixture = openFixture({ file, functions: { ask: ['never'] }, world })
    await begin({ TimeoutSeconds: 600 })
    const taskToken = tokenIn(world)
    fixture.close()
    world.now += 400_000
    fixture = openFixture({ file, functions, world })
    await fixture.resume()
    await fixture.pass(0)
    expect(tokenIn(world, 1)).toBe(taskToken)
    expect(world.calls[1]?.request.timeoutMs).toBe(200_000)
    fixture.close()
    fixture = openFixture({ file, functions, world })
    await fixture.resume()
    await fixture.pass(199_999)
    expect(world.calls).toHaveLength(2)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'RUNNING' })
    await fixture.pass(1)
    expect(await fixture.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
  })

  test('stands in the history where the arguments held it, and nowhere on disk', async () => {
    fixture.close()
    const file = join(folder, 'secret.sqlite')
    fixture = openFixture({ file, functions, world })
    await begin()
    const token = tokenIn(world)
    const scheduled = (await fixture.history(arn)).find(({ type }) => type === 'TaskScheduled')
    expect(String(detailOf(scheduled ?? {}, 'parameters'))).toContain(`id=${token}`)
    fixture.close()
    const written = readdirSync(folder).filter(name => name.startsWith('secret'))
    expect(written).toContain('secret.sqlite.key')
    for (const name of written) expect(readFileSync(join(folder, name)).includes(token)).toBe(false)
    expect(statSync(join(folder, 'secret.sqlite.key')).mode & 0o077).toBe(0)
    fixture = openFixture({ functions, world: newWorld() })
  })

  test('cannot be had by writing the hash of one into the input of another', async () => {
    await begin({}, { hash: 'x' })
    const { createHash } = await import('node:crypto')
    const hash = createHash('sha256').update(tokenIn(world)).digest('hex')
    const other = await fixture.start(await fixture.create(waiting(), 'other'), { hash })
    await fixture.pass(0)
    expect(JSON.stringify(world.calls[1]?.request.arguments)).toContain(hash)
    expect(JSON.stringify(await fixture.history(other))).not.toContain(tokenIn(world, 0))
  })
})
