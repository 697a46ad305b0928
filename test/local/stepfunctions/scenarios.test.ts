import { afterAll, describe, expect, test } from '@jest/globals'
import { keepWorker, openFixture } from './fixture.ts'
import { scenarios, shown } from './scenario.ts'

const kept = keepWorker()
afterAll(() => kept.close())

/* Expected histories follow recordings of the service: types, order, and which event follows which. */
describe('a state machine runs as on the service', () => {
  test.each(scenarios)('$name: $title', async ({ definition, input, functions, expected }) => {
    const fixture = openFixture({ functions })
    const arn = await fixture.start(await fixture.create(definition), input, 'run')
    await fixture.pass(2 * 3600_000)
    const actual = await shown(fixture, arn)
    fixture.close()
    expect(actual).toEqual(expected)
  })
})
