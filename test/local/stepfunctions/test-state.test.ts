import { afterAll, describe, expect, test } from '@jest/globals'
import { openFixture } from './fixture.ts'

const fixture = openFixture({ functions: { f: [{ returns: { n: 2 } }], broken: [{ fails: { name: 'Boom', cause: 'why' } }] } })
afterAll(() => fixture.close())

const testState = (state: object, more: object = {}) =>
  fixture.call('TestState', { definition: JSON.stringify({ QueryLanguage: 'JSONata', ...state }), ...more })
const invoke = (FunctionName: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName },
  Output: '{% $states.result.Payload %}',
  Next: 'After',
  ...more,
})

describe('TestState runs one state and tells what came of it', () => {
  test.each<[string, object, object, object]>([
    [
      'a state that goes on',
      { Type: 'Pass', Output: '{% $states.input.a + 1 %}', Next: 'B' },
      { input: '{"a":1}' },
      { status: 'SUCCEEDED', output: '2', nextState: 'B' },
    ],
    ['a state that ends', { Type: 'Succeed' }, { input: '3' }, { status: 'SUCCEEDED', output: '3' }],
    ['a variable', { Type: 'Pass', Output: '{% $x %}', End: true }, { variables: '{"x":[1]}' }, { status: 'SUCCEEDED', output: '[1]' }],
    [
      'a choice',
      { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'One' }], Default: 'Other' },
      { input: '2' },
      { status: 'SUCCEEDED', output: '2', nextState: 'Other' },
    ],
    ['a wait, which does not', { Type: 'Wait', Seconds: 86_400, Next: 'B' }, {}, { status: 'SUCCEEDED', output: '{}', nextState: 'B' }],
    ['a failure', { Type: 'Fail', Error: 'E', Cause: 'c' }, {}, { status: 'FAILED', error: 'E', cause: 'c' }],
    ['a task', invoke('f'), {}, { status: 'SUCCEEDED', output: '{"n":2}', nextState: 'After' }],
    ['a task that fails', invoke('broken'), {}, { status: 'FAILED', error: 'Boom', cause: 'why' }],
    [
      'a task to be tried again',
      invoke('broken', { Retry: [{ ErrorEquals: ['Boom'] }] }),
      {},
      { status: 'RETRIABLE', error: 'Boom', cause: 'why' },
    ],
    [
      'a task whose error is caught',
      invoke('broken', { Catch: [{ ErrorEquals: ['Boom'], Output: 'o', Next: 'C' }] }),
      {},
      { status: 'CAUGHT_ERROR', error: 'Boom', cause: 'why', output: '"o"', nextState: 'C' },
    ],
    ['a mocked result', invoke('unknown'), { mock: { result: '{"Payload":7}' } }, { status: 'SUCCEEDED', output: '7', nextState: 'After' }],
    [
      'a mocked error',
      invoke('unknown'),
      { mock: { errorOutput: { error: 'E', cause: 'c' } } },
      { status: 'FAILED', error: 'E', cause: 'c' },
    ],
    [
      'a query error, in the words of the expression alone',
      { Type: 'Pass', Output: { v: '{% $nope %}' }, End: true },
      {},
      {
        status: 'FAILED',
        error: 'States.QueryEvaluationError',
        cause: "The JSONata expression '$nope' specified for the field 'Output/v' returned nothing (undefined).",
      },
    ],
    [
      'what its arguments were',
      invoke('f'),
      { inspectionLevel: 'DEBUG' },
      {
        status: 'SUCCEEDED',
        output: '{"n":2}',
        nextState: 'After',
        inspectionData: { input: '{}', afterArguments: '{"FunctionName":"f"}' },
      },
    ],
  ])('%s', async (_, state, more, answer) => {
    expect(await testState(state, more)).toEqual({ status: 200, body: answer })
  })

  test('a state of a machine, by its name', async () => {
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed', Output: 1 } },
    })
    expect((await fixture.call('TestState', { definition, stateName: 'B' })).body).toEqual({ status: 'SUCCEEDED', output: '1' })
  })

  test.each<[string, object, object, string]>([
    ['a state in JSONPath', { QueryLanguage: 'JSONPath', Type: 'Succeed' }, {}, 'InvalidDefinition'],
    ['an unknown field', { Type: 'Succeed', Colour: 1 }, {}, 'InvalidDefinition'],
    ['an input that is no JSON', { Type: 'Succeed' }, { input: '{' }, 'InvalidExecutionInput'],
    [
      'a Parallel state',
      { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed', QueryLanguage: 'JSONata' } } }], End: true },
      {},
      'ValidationException',
    ],
  ])('%s is refused', async (_, state, more, type) => {
    const { status, body } = await testState(state, more)
    expect({ status, type: body.__type }).toEqual({ status: 400, type })
  })
})
