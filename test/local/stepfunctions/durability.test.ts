import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Fixture, keepWorker, newWorld, openFixture, type World } from './fixture.ts'
import { type Scenario, scenarios, trace } from './scenario.ts'

const kept = keepWorker()
const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-'))
afterAll(() => {
  kept.close()
  rmSync(folder, { recursive: true, force: true })
})

let files = 0
const newFile = () => {
  files += 1
  return join(folder, `${files}.sqlite`)
}

/* What goes on between two moments at which the process may die. */
const step = async (world: World) => {
  await new Promise<void>(resolve => setImmediate(resolve))
  const due = [...world.timers].filter(({ at }) => at <= world.now)
  for (const timer of due) {
    world.timers.delete(timer)
    timer.wake()
  }
}

const lastTimer = (world: World) => [...world.timers].sort((a, b) => a.at - b.at)[0]

/** Runs to the end; `dies` is asked after every step, with what the history has grown to, whether the process ends there. */
const run = async ({ definition, input, functions }: Scenario, dies: (events: number) => boolean) => {
  const file = newFile()
  const world = newWorld()
  let fixture: Fixture = openFixture({ file, functions, idempotent: true, world })
  const arn = await fixture.start(await fixture.create(definition), input, 'run')
  let deaths = 0
  for (;;) {
    const events = await fixture.history(arn)
    if (dies(events.length)) {
      deaths += 1
      fixture.close()
      fixture = openFixture({ file, functions, idempotent: true, world })
      await fixture.resume()
    }
    const { status } = await fixture.describe(arn)
    if (status !== 'RUNNING') break
    await step(world)
    const moved = await fixture.idle()
    const timer = lastTimer(world)
    if (!moved && !(await fixture.idle()) && timer !== undefined) world.now = Math.max(world.now, timer.at)
  }
  const result = {
    trace: await trace(fixture, arn),
    describe: await fixture.describe(arn),
    calls: world.calls.map(({ request }) => request.arguments),
  }
  fixture.close()
  return { ...result, deaths }
}

/* Side by side, what was under way may come in another order after a restart; one after the other, nothing may change. */
const sideBySide = new Set([
  'parallel-joins-in-order',
  'parallel-fails-as-a-whole',
  'map-two-at-once-with-tasks',
  'map-times-out-all-at-once',
])
const withoutIds = (line: string) => line.replace(/^\d+<\d+ /, '').replaceAll(/"RequestId.*$/g, '')
const comparable = (lines: string[], name: string) => {
  const stable = lines.map(line => line.replaceAll(/"?SdkHttpMetadata.*StatusCode[^,}]*/g, ''))
  return sideBySide.has(name) ? stable.map(withoutIds).sort() : stable
}

const repeatable = scenarios

describe('a process that dies after every transition', () => {
  test.each(repeatable)('ends as if it had lived: $name', async scenario => {
    const undisturbed = await run(scenario, () => false)
    let seen = 0
    const killed = await run(scenario, events => {
      const grown = events > seen
      seen = Math.max(seen, events)
      return grown
    })
    expect(killed.deaths).toBeGreaterThan(0)
    expect(comparable(killed.trace, scenario.name)).toEqual(comparable(undisturbed.trace, scenario.name))
    expect(killed.describe.status).toBe(undisturbed.describe.status)
    expect(killed.describe.error).toBe(undisturbed.describe.error)
    /* At least once: every call of the undisturbed run was made, and repeated ones ask for the same. */
    for (const call of undisturbed.calls) expect(killed.calls).toContainEqual(call)
    for (const call of killed.calls) expect(undisturbed.calls).toContainEqual(call)
  })
})

/* A loop, a Map with tasks, waits, retries and variables: enough for a process to die in the middle of anything. */
const rich: Scenario = {
  name: 'rich',
  title: '',
  definition: {
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Assign: { round: 0, seen: [] }, Next: 'Round' },
      Round: {
        Type: 'Map',
        Items: '{% [1..3] %}',
        MaxConcurrency: 1,
        ItemProcessor: {
          StartAt: 'Ask',
          States: {
            Ask: {
              Type: 'Task',
              Resource: 'arn:aws:lambda:us-east-1:000000000000:function:ask',
              Arguments: { round: '{% $round %}', item: '{% $states.input %}', attempt: '{% $states.context.State.RetryCount %}' },
              Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 7, MaxAttempts: 2 }],
              Next: 'Rest',
            },
            Rest: { Type: 'Wait', Seconds: 2, End: true },
          },
        },
        Assign: { round: '{% $round + 1 %}', seen: '{% $append($seen, $states.result) %}' },
        Next: 'Again',
      },
      Again: { Type: 'Choice', Choices: [{ Condition: '{% $round < 2 %}', Next: 'Round' }], Default: 'Done' },
      Done: { Type: 'Succeed', Output: '{% $seen %}' },
    },
  },
  input: {},
  functions: {
    ask: [
      { fails: { name: 'Flaky' } },
      { returns: 'a' },
      { returns: 'b' },
      { fails: { name: 'Flaky' } },
      { returns: 'c' },
      { returns: 'd' },
    ],
  },
  expected: { status: 'SUCCEEDED', history: [] },
}

test('a process that dies at any moment, again and again, ends as if it had lived', async () => {
  const undisturbed = await run(rich, () => false)
  expect(undisturbed.describe.status).toBe('SUCCEEDED')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 8 }), async pauses => {
      let left = [...pauses]
      const killed = await run(rich, () => {
        const [pause = Number.POSITIVE_INFINITY, ...rest] = left
        left = pause > 1 ? [pause - 1, ...rest] : rest
        return pause <= 1
      })
      expect(killed.trace).toEqual(undisturbed.trace)
    }),
    { numRuns: 8 },
  )
})
