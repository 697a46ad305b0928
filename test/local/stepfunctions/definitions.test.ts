import { afterAll, describe, expect, test } from '@jest/globals'
import { openFixture, roleArn } from './fixture.ts'

const fixture = openFixture()
afterAll(() => fixture.close())

const messageFor = async (definition: unknown): Promise<string> => {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition)
  const { status, body } = await fixture.call('CreateStateMachine', { name: 'refused', roleArn, definition: text })
  return status === 200 ? 'accepted' : `${body.__type} ${body.message}`
}
const state = (content: object) => ({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: content } })
const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' }, End: true }
const map = (processor: object, more: object = {}) =>
  state({ Type: 'Map', ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Succeed' } }, ...processor }, End: true, ...more })

/* One row, one sentence that the interpreter says about it. */
const refused: [string, unknown, string][] = [
  ['nothing', ' ', 'Definition must be a valid JSON object'],
  ['no JSON', 'nonsense', 'INVALID_JSON_DESCRIPTION'],
  ['no object', '[]', 'Definition must be a valid JSON object'],
  ['no states', { StartAt: 'A', QueryLanguage: 'JSONata' }, 'These fields are required: [States] at /'],
  ['JSONPath by default', { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, 'Only "QueryLanguage": "JSONata" is supported here'],
  [
    'JSONPath inside JSONata',
    state({ Type: 'Succeed', QueryLanguage: 'JSONPath' }),
    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
  ],
  [
    'fields of JSONPath',
    state({ Type: 'Pass', ResultPath: '$.x', End: true }),
    "field 'ResultPath' is only supported for the 'JSONPath' QueryLanguage at /States/A",
  ],
  [
    'an unknown language',
    { ...state({ Type: 'Succeed' }), QueryLanguage: 'XPath' },
    'Value is not one of: [JSONPath, JSONata] at /QueryLanguage',
  ],
  ['an unknown type', state({ Type: 'Sleep' }), '/States/A/Type'],
  ['an unknown field', state({ Type: 'Succeed', Colour: 'red' }), "Field 'Colour' is not supported at /States/A"],
  [
    'a start that leads nowhere',
    { ...state({ Type: 'Succeed' }), StartAt: 'B' },
    "MISSING_TRANSITION_TARGET: Missing 'StartAt' target: B at /StartAt",
  ],
  [
    'a next that leads nowhere',
    state({ Type: 'Pass', Next: 'B' }),
    "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
  ],
  ['a state name of the prototype', state({ Type: 'Pass', Next: 'constructor' }), "Missing 'Next' target: constructor"],
  ['a state without a way on', state({ Type: 'Pass' }), "one of ['Next', 'End']"],
  [
    'a state that nobody reaches',
    { ...state({ Type: 'Succeed' }), States: { A: { Type: 'Succeed' }, B: { Type: 'Succeed' } } },
    'State "B" is not reachable.',
  ],
  [
    'a branch whose next is outside',
    state({ Type: 'Parallel', Branches: [{ StartAt: 'I', States: { I: { Type: 'Pass', Next: 'A' } } }], End: true }),
    "Missing 'Next' target: A at /States/A/Branches[0]/States/I/Next",
  ],
  [
    'another service',
    state({ ...invoke, Resource: 'arn:aws:states:::aws-sdk:sqs:sendMessage' }),
    'is not supported here, only lambda:invoke',
  ],
  [
    'a nested execution',
    state({ ...invoke, Resource: 'arn:aws:states:::states:startExecution.sync' }),
    'is not supported here, only lambda:invoke',
  ],
  [
    'a distributed map',
    map({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }),
    'Only Map states in INLINE mode are supported here',
  ],
  ['a map with a reader', map({}, { ItemReader: {} }), "Field 'ItemReader' is not supported at /States/A"],
  ['half an expression', state({ Type: 'Pass', Output: '{% 1 + 1', End: true }), 'A JSONata expression must start with {% and end with %}'],
  ['an expression with a syntax error', state({ Type: 'Pass', Output: { x: ['{% 1 + %}'] }, End: true }), '/States/A/Output/x[0]'],
  [
    'an expression that does not parse',
    state({ Type: 'Pass', Output: '{% 1 + %}', End: true }),
    'INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output',
  ],
  [
    'a bare name at the top of an expression',
    state({ Type: 'Pass', Output: { v: '{% $uppercase(phone.home) %}' }, End: true }),
    "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v",
  ],
  [
    'a default that leads nowhere',
    state({ Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'B' }),
    "Missing 'Next' target: B at /States/A/Default",
  ],
  [
    'a map whose states are in no language of their own',
    { StartAt: 'A', States: { A: { ...map({}).States.A, QueryLanguage: 'JSONata' } } },
    'Only "QueryLanguage": "JSONata" is supported here, this state is in "JSONPath" at /States/A/ItemProcessor/States/I',
  ],
  ['a processor with a language', map({ QueryLanguage: 'JSONata' }), "Field 'QueryLanguage' is not supported at /States/A/ItemProcessor"],
  ['a variable named states', state({ Type: 'Pass', Assign: { states: 1 }, End: true }), 'Invalid variable name: states'],
  [
    'a variable of the prototype',
    `{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"a-b":1},"End":true}}}`,
    'Invalid variable name: a-b',
  ],
  [
    'a wait for both',
    state({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
    "Exactly one of these fields is required: ['Seconds', 'Timestamp']",
  ],
  ['a choice without rules', state({ Type: 'Choice', Choices: [] }), 'Choices must be a non-empty Array'],
  ['a negative timeout', state({ ...invoke, TimeoutSeconds: -1 }), 'Expected an integer from 1 to 99999999 at /States/A/TimeoutSeconds'],
  [
    'States.ALL in company',
    state({ ...invoke, Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }),
    'States.ALL must appear alone and in the last element',
  ],
  ['a catcher that leads nowhere', state({ ...invoke, Catch: [{ ErrorEquals: ['X'], Next: 'B' }] }), '/States/A/Catch[0]/Next'],
  ['a machine timeout of zero', { ...state({ Type: 'Succeed' }), TimeoutSeconds: 0 }, '/TimeoutSeconds'],
  ['too large a definition', state({ Type: 'Succeed', Comment: 'x'.repeat(1_100_000) }), 'ValidationException'],
]

describe('CreateStateMachine refuses', () => {
  test.each(refused)('%s', async (_, definition, sentence) => {
    expect(await messageFor(definition)).toContain(sentence)
  })
})

test.each([
  '$states.input.phone.home',
  '$map($states.input.list, function($item) { $item.name })',
  '$states.input.list[name = "x"].value',
  '$states.input ~> |address|{"city": city}|',
  '$states.input.{"a": b}',
  '($x := {"a": 1}; $x.a)',
])('a name that belongs to an item is fine: %s', async expression => {
  const { body } = await fixture.call('ValidateStateMachineDefinition', {
    definition: JSON.stringify(state({ Type: 'Pass', Output: `{% ${expression} %}`, End: true })),
  })
  expect(body).toMatchObject({ result: 'OK', diagnostics: [] })
})

test('every kind of state is accepted', async () => {
  const definition = {
    Comment: 'all of them',
    QueryLanguage: 'JSONata',
    StartAt: 'Pass',
    TimeoutSeconds: 86_400,
    States: {
      Pass: { Type: 'Pass', Comment: 'x', Assign: { a: 1 }, Output: {}, Next: 'Choice' },
      Choice: { Type: 'Choice', Choices: [{ Condition: '{% $a = 1 %}', Next: 'Wait' }], Default: 'Fail' },
      Wait: { Type: 'Wait', Seconds: '{% 1 %}', Next: 'Task' },
      Task: {
        ...invoke,
        End: undefined,
        Next: 'Map',
        TimeoutSeconds: '{% 5 %}',
        Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL', MaxDelaySeconds: 9 }],
      },
      Map: { Type: 'Map', Items: [1], ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Succeed' } } }, Next: 'Parallel' },
      Parallel: { Type: 'Parallel', Branches: [{ StartAt: 'I', States: { I: { Type: 'Succeed' } } }], Next: 'Succeed' },
      Succeed: { Type: 'Succeed' },
      Fail: { Type: 'Fail', Error: 'E', Cause: '{% "c" %}' },
    },
  }
  expect(await messageFor(definition)).toBe('accepted')
})
