import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openBundles } from './bundles.ts'

const { lambda, close } = openBundles({
  echo: 'export const handler = async event => event',
  context: 'export const handler = (event, { getRemainingTimeInMillis, ...context }) => ({ ...context, left: getRemainingTimeInMillis() })',
  environment: {
    source: 'export const handler = () => ({ ...process.env })',
    environment: { TABLE: 'ledger' },
  },
  throws: `class WrongFleet extends Error { name = 'WrongFleet' }; export const handler = async () => { throw new WrongFleet('not yours') }`,
  throwsText: 'export const handler = () => { throw "just text" }',
  circular: 'export const handler = () => { const a = {}; a.a = a; return a }',
  nothing: 'export const handler = () => undefined',
  exits: 'export const handler = () => process.exit(3)',
  unhandled: `export const handler = () => new Promise(() => { setTimeout(() => { throw new Error('off the path') }) })`,
  slow: { source: 'export const handler = () => new Promise(() => { setInterval(() => 0, 1000) })', timeoutSeconds: 0.3 },
  spins: { source: 'export const handler = () => { for (;;); }', timeoutSeconds: 0.3 },
  failsAfterwards: `let calls = 0
    export const handler = event => { setTimeout(() => { throw new Error('too late') }); return ++calls }`,
  exitsAfterwards: 'export const handler = () => { setTimeout(() => process.exit(0)); return 1 }',
  counts: `let busy = 0, most = 0
    export const handler = async () => { busy += 1; most = Math.max(most, busy); await new Promise(r => setTimeout(r, 5)); busy -= 1; return most }`,
  noExport: 'export const other = 1',
  noBundle: 'this is not a program',
})
afterAll(close)

describe('a function', () => {
  test('gets its event and answers through JSON', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), async event =>
        expect(await lambda.invoke('echo', event)).toEqual(JSON.parse(JSON.stringify(event))),
      ),
      { numRuns: 40 },
    ))

  test('what JSON does not carry does not arrive', async () => {
    expect(await lambda.invoke('echo', { at: new Date(0), nothing: undefined, list: [undefined] })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      list: [null],
    })
    expect(await lambda.invoke('nothing', {})).toBe(null)
  })

  test('sees the environment of its definition and nothing of this process’s', async () => {
    expect(await lambda.invoke('environment', {})).toEqual({ TABLE: 'ledger' })
  })

  test('knows its name, memory and how much time is left', async () => {
    const context = await lambda.invoke('context', {})
    expect(context).toMatchObject({
      functionName: 'context',
      memoryLimitInMB: '512',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const left = Number(Reflect.get(Object(context), 'left'))
    expect(left > 0 && left <= 30_000).toBe(true)
  })

  test('answers one event at a time in each of its environments, and all of them', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => lambda.invoke('counts', {})))
    expect(answers).toEqual(Array(40).fill(1))
  })

  test('what it prints is logged line by line', async () => {
    const talk = openBundles({ talks: `export const handler = () => { console.log('one\\ntwo'); console.error('three') }` })
    await talk.lambda.invoke('talks', {})
    await talk.close()
    expect(talk.lines).toEqual(['talks: one', 'talks: two', 'talks: three'])
  })

  test.each([
    ['waits for ever', 'await new Promise(() => { setInterval(() => 0, 1000) })'],
    ['ends its process', 'process.exit(1)'],
    ['fails', `throw new Error('so')`],
    ['fails off the path', `await new Promise(() => { setTimeout(() => { console.log('late'); throw new Error('so') }) })`],
  ])('what it printed is not lost where it %s', async (_, end) => {
    const talk = openBundles({
      talks: { source: `export const handler = async ends => { if (ends) { console.log('first'); ${end} } }`, timeoutSeconds: 1 },
    })
    await talk.lambda.invoke('talks', false)
    await talk.lambda.invoke('talks', true).catch(() => undefined)
    await talk.close()
    expect(talk.lines).toEqual(['talks: first', ...(end.includes('late') ? ['talks: late'] : [])])
  })
})

describe('an environment that is asked nothing', () => {
  const clock = { now: 0 }
  const resting = openBundles(
    {
      counts: 'let calls = 0; export const handler = () => ++calls',
      waits: 'let calls = 0; export const handler = async ms => { await new Promise(r => setTimeout(r, ms)); return ++calls }',
    },
    () => clock.now,
  )
  const count = () => resting.lambda.invoke('counts', {})
  afterAll(resting.close)

  test('is ended after three minutes, and its function starts anew when it is asked again', async () => {
    const counted = [await count()]
    for (const after of [179_999, 179_999, 180_000]) {
      clock.now += after
      resting.lambda.endIdle()
      counted.push(await count())
    }
    expect(counted).toEqual([1, 2, 3, 1])
  })

  test('is left alone while it works, however long that takes', async () => {
    const answer = resting.lambda.invoke('waits', 50)
    clock.now += 3_600_000
    resting.lambda.endIdle()
    expect([await answer, await resting.lambda.invoke('waits', 0)]).toEqual([1, 2])
  })

  test('is the one that was not asked last: one request at a time keeps one environment', async () => {
    await Promise.all([1, 2, 3].map(() => resting.lambda.invoke('waits', 20)))
    for (const _ of [1, 2, 3]) {
      clock.now += 100_000
      await resting.lambda.invoke('waits', 0)
      resting.lambda.endIdle()
    }
    const after = await Promise.all([1, 2, 3].map(() => resting.lambda.invoke('waits', 20)))
    expect(after.filter(calls => calls === 1)).toHaveLength(2)
  })
})

describe('a function that fails is an error with the service’s own names, and is there for the next event', () => {
  test.each([
    ['throws', 'WrongFleet', 'not yours'],
    ['throwsText', 'Error', 'just text'],
    ['circular', 'TypeError', /circular/i],
    ['exits', 'Runtime.ExitError', /code 3/],
    ['unhandled', 'Runtime.UnhandledError', /off the path/],
    ['slow', 'Sandbox.Timedout', /timed out after 0\.30 seconds/],
    ['spins', 'Sandbox.Timedout', /timed out/],
    ['noExport', 'Error', /index\.handler is not exported/],
    ['noBundle', 'SyntaxError', /./],
    ['nobody', 'ResourceNotFoundException', /Function not found: nobody/],
  ])('%s → %s', async (name, errorType, message) => {
    for (const round of [1, 2]) {
      const refused = lambda.invoke(name, { round })
      await expect(refused).rejects.toMatchObject({ name: errorType, errorType })
      await expect(refused).rejects.toThrow(message)
    }
  })

  // Which of the three it is depends on whether the event arrives before, while or after the environment ends; a time-out is not among them.
  test.each(['failsAfterwards', 'exitsAfterwards'])('%s: one that ends between two events takes nothing with it', async name => {
    for (let round = 0; round < 20; round += 1) {
      const answer = await lambda.invoke(name, {}).catch((error: Error) => error.name)
      expect(['number', 'Runtime.UnhandledError', 'Runtime.ExitError']).toContain(typeof answer === 'number' ? 'number' : answer)
      await new Promise(resolve => setImmediate(resolve))
    }
  })
})

describe('closing', () => {
  test('ends what runs and refuses what waits, and nothing starts afterwards', async () => {
    const { lambda: other, close: end } = openBundles({
      waits: 'export const handler = () => new Promise(() => { setInterval(() => 0, 1000) })',
    })
    const asked = Array.from({ length: 5 }, () => other.invoke('waits', {}))
    const settled = Promise.allSettled(asked)
    await end()
    const names = (await settled).map(outcome => (outcome.status === 'rejected' ? outcome.reason.name : 'answered'))
    expect(names).toEqual([...Array(3).fill('Runtime.ExitError'), ...Array(2).fill('ServiceException')])
    await expect(other.invoke('waits', {})).rejects.toMatchObject({ name: 'ServiceException' })
  })
})
