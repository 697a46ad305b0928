import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { detailOf, keepWorker, newWorld, openFixture } from './fixture.ts'

const kept = keepWorker()
afterAll(() => kept.close())

/* Machines without expressions: what is drawn here is their shape. */
type Shape =
  | { is: 'pass' }
  | { is: 'wait'; seconds: number }
  | { is: 'fail' }
  | { is: 'parallel'; branches: Shape[][]; caught: boolean; retries: number }
  | { is: 'map'; items: number; concurrency: number; body: Shape[]; caught: boolean }

const { chain } = fc.letrec<{ shape: Shape; chain: Shape[] }>(tie => ({
  shape: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'shape' },
    { weight: 3, arbitrary: fc.constant<Shape>({ is: 'pass' }) },
    { weight: 3, arbitrary: fc.record({ is: fc.constant<'wait'>('wait'), seconds: fc.integer({ min: 0, max: 5 }) }) },
    { weight: 1, arbitrary: fc.constant<Shape>({ is: 'fail' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        is: fc.constant<'parallel'>('parallel'),
        branches: fc.array(tie('chain'), { minLength: 1, maxLength: 3 }),
        caught: fc.boolean(),
        retries: fc.integer({ min: 0, max: 2 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        is: fc.constant<'map'>('map'),
        items: fc.integer({ min: 0, max: 3 }),
        concurrency: fc.integer({ min: 0, max: 2 }),
        body: tie('chain'),
        caught: fc.boolean(),
      }),
    },
  ),
  chain: fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
}))

const contentOf = (shape: Shape, fresh: () => string): object => {
  switch (shape.is) {
    case 'pass':
      return { Type: 'Pass' }
    case 'wait':
      return { Type: 'Wait', Seconds: shape.seconds }
    case 'fail':
      return { Type: 'Fail', Error: 'Drawn' }
    case 'parallel':
      return {
        Type: 'Parallel',
        Branches: shape.branches.map(branch => scopeOf(branch, fresh)),
        ...(shape.retries === 0 ? {} : { Retry: [{ ErrorEquals: ['Drawn'], MaxAttempts: shape.retries }] }),
      }
    case 'map':
      return {
        Type: 'Map',
        Items: Array.from({ length: shape.items }, (_, index) => index),
        MaxConcurrency: shape.concurrency,
        ItemProcessor: scopeOf(shape.body, fresh),
      }
  }
}

/* A state that fails is the last one of its chain; a caught failure goes on to the next state. */
const scopeOf = (shapes: Shape[], fresh: () => string): { StartAt: string; States: Record<string, object> } => {
  const until = shapes.findIndex(({ is }) => is === 'fail')
  const used = until < 0 ? shapes : shapes.slice(0, until + 1)
  const names = used.map(() => fresh())
  const end = fresh()
  const states = used.map((shape, index) => {
    const next = names[index + 1] ?? end
    const caught = 'caught' in shape && shape.caught ? { Catch: [{ ErrorEquals: ['States.ALL'], Next: next }] } : {}
    return [names[index], { ...contentOf(shape, fresh), ...caught, ...(shape.is === 'fail' ? {} : { Next: next }) }]
  })
  const last = until < 0 ? { [end]: { Type: 'Succeed' } } : {}
  return { StartAt: names[0] ?? end, States: { ...Object.fromEntries(states), ...last } }
}

const machineOf = (shapes: Shape[]) => {
  let count = 0
  const fresh = () => {
    count += 1
    return `S${count}`
  }
  return { QueryLanguage: 'JSONata', ...scopeOf(shapes, fresh) }
}

const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-laws-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

type Event = { id: number; previous: number; type: string; name: unknown }

/** `lives`: after how many moments of the event loop each life of the process ends; the last one is as long as it takes. */
const run = async (shapes: Shape[], lives: number[]) => {
  files += 1
  const file = lives.length === 0 ? ':memory:' : join(folder, `${files}.sqlite`)
  const world = newWorld()
  let fixture = openFixture({ file, world })
  const arn = await fixture.start(await fixture.create(machineOf(shapes)), {})
  for (const moments of lives) {
    for (let moment = 0; moment < moments; moment += 1) await new Promise(resolve => setImmediate(resolve))
    fixture.close()
    world.now += 1_000
    fixture = openFixture({ file, world })
    await fixture.resume()
  }
  await fixture.pass(86_400_000)
  const history = await fixture.history(arn)
  const { status, output, error } = await fixture.describe(arn)
  fixture.close()
  const events: Event[] = history.map(event => ({
    id: Number(event.id),
    previous: Number(event.previousEventId),
    type: String(event.type),
    name: detailOf(event, 'name'),
  }))
  return { end: { status, output, error }, events }
}

const expectLawful = (events: Event[], status: unknown) => {
  /* Ids are consecutive, and every event follows an earlier one. */
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
  for (const { id, previous } of events) expect(previous).toBeLessThan(id)
  /* Exactly one event ends the execution, and it is the last. */
  const ends = events.filter(({ type }) => /^Execution(Succeeded|Failed)$/.test(type))
  expect(ends).toEqual([events.at(-1)])
  expect(ends[0]?.type).toBe(status === 'SUCCEEDED' ? 'ExecutionSucceeded' : 'ExecutionFailed')
  /* What is left was entered: the chain behind an exit leads to the entry of the same state. */
  const byId = new Map(events.map(event => [event.id, event]))
  for (const exit of events.filter(({ type }) => type.endsWith('StateExited'))) {
    const entry = exit.type.replace('Exited', 'Entered')
    let event = byId.get(exit.previous)
    while (event !== undefined && !(event.type === entry && event.name === exit.name)) event = byId.get(event.previous)
    expect(event?.name).toBe(exit.name)
  }
  /* What rests is left or aborted, once, unless the execution itself ends in it. */
  const count = (type: string) => events.filter(event => event.type === type).length
  for (const type of ['Wait', 'Parallel', 'Map']) {
    const over = count(`${type}StateExited`) + count(`${type}StateAborted`)
    expect(over).toBeLessThanOrEqual(count(`${type}StateEntered`))
    if (status === 'SUCCEEDED') expect(over).toBe(count(`${type}StateEntered`))
  }
  const iterations = count('MapIterationSucceeded') + count('MapIterationFailed') + count('MapIterationAborted')
  expect(iterations).toBe(count('MapIterationStarted'))
}

describe('of any machine', () => {
  test('the history is one that the service could have written', async () => {
    await fc.assert(
      fc.asyncProperty(chain, async shapes => {
        const { end, events } = await run(shapes, [])
        expect(['SUCCEEDED', 'FAILED']).toContain(end.status)
        expectLawful(events, end.status)
      }),
      { numRuns: 60 },
    )
  })

  test('so it is when the process dies on the way, and the end is the same', async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }), async (shapes, lives) => {
        const { end, events } = await run(shapes, lives)
        expectLawful(events, end.status)
        expect(end).toEqual((await run(shapes, [])).end)
      }),
      { numRuns: 12 },
    )
  })
})
