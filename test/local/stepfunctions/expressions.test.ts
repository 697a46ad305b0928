import { afterAll, describe, expect, test } from '@jest/globals'
import { openFixture } from './fixture.ts'

const fixture = openFixture()
afterAll(() => fixture.close())

let machines = 0
const evaluate = async (expression: string, input: unknown = {}) => {
  machines += 1
  const definition = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } } }
  const arn = await fixture.start(await fixture.create(definition, `m${machines}`), input)
  await fixture.settle()
  return fixture.describe(arn)
}

describe('the functions that the service adds', () => {
  test.each([
    ['$partition([1..5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1], 4)', [[1]]],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(9, 0, -4)', [9, 5, 1]],
    ['$range(1, 1, 1)', 1],
    ['$hash("message", "MD5")', '78e731027d8fd50ed642340b7c9a63b3'],
    ['$hash("message", "SHA-1")', '6f9b9af3cd6e8b8a73c2cdced37fe9f59226e27d'],
    ['$hash("", "SHA-256")', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['$random(1)', 0.7308781907032909],
    ['$random(42) = $random(42)', true],
    ['$random() < 1 and $random() >= 0', true],
    ['$uuid() != $uuid() and $contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)', true],
    ['$parse("{\\"a\\": [1, null]}")', { a: [1, null] }],
    ['$states.input.text', 'é'],
    ['$states.context.State.Name', 'A'],
    ['$exists($states.result) or $exists($states.errorOutput)', false],
    ['$type($states.context.Execution.StartTime)', 'string'],
    ['$now() & " " & $string($millis())', '2026-11-23T12:00:00.000Z 1795435200000'],
  ])('%s', async (expression, value) => {
    const { output } = await evaluate(expression, { text: 'é' })
    expect(JSON.parse(String(output))).toEqual(value)
  })
})

describe('an expression that goes wrong fails with a query error that says where', () => {
  test.each([
    ['$nothing', 'returned nothing (undefined).'],
    ['function($x) { $x }', 'returned an unsupported result type.'],
    ['{"deep": [function($x) { $x }]}', 'returned an unsupported result type.'],
    ['$eval("1 + 1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
    ['"a" + 1', 'threw an error during evaluation. T2001'],
    ['$parse("{")', 'threw an error during evaluation.'],
    ['$hash("x", "SHA-3")', 'threw an error during evaluation.'],
    ['$range(1, 5, 0)', 'threw an error during evaluation.'],
    [
      '($f := function($n) { 1 + $f($n) }; $f(1))',
      'threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
    ],
    [
      '$sum([1..900000])',
      'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
    ],
    ['$error("mine")', 'threw an error during evaluation. D3137: mine'],
  ])('%s', async (expression, sentence) => {
    const { status, error, cause } = await evaluate(expression)
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' })
    expect(cause).toContain(
      `An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '${expression}' specified for the field 'Output' ${sentence}`,
    )
  })
})

/* What the published advisories of the library reach for: prototypes, constructors, compiled code, and time without end. */
const hostile = [
  '$string.constructor("return process")()',
  '$constructor("return process")()',
  '($s := "x"; $s.constructor.constructor("return process")())',
  '$lookup($states.input, "constructor")("return process")()',
  '$lookup($states.input, "__proto__").polluted',
  '$states.input.__proto__.constructor',
  '$sum.__proto__',
  '($f := $string; $f.constructor)',
  '$map([1], $lookup($string, "constructor"))',
  '$each($string, function($v, $k) { $v("return this") })',
  '$sift($states.input, $lookup({"a": $string}, "implementation"))',
  '($f := function() { 1 }; $f.environment.lookup("x"))',
  '($f := function($n) { $f($n) }; $f(1))',
  '($f := function($n) { 1 + $f($n) }; $f(1))',
  '[1..100000000]',
  '$map([1..100000], function($x) { [1..100000] })',
  '$reduce([1..20], function($a, $b) { $a & $a }, $pad("", 1000000, "x"))',
]

describe('a hostile expression gets nothing, and the next one is served', () => {
  test.each(hostile)('%s', async expression => {
    const { status, error } = await evaluate(expression, { a: 1 })
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' })
    expect(await evaluate('1 + 1')).toMatchObject({ status: 'SUCCEEDED', output: '2' })
  })

  test('a transform cannot pollute what other expressions see', async () => {
    await evaluate('$states.input ~> | $ | {"__proto__": {"polluted": true}} |', { a: {} })
    await evaluate('$merge([$states.input, {"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}])', {})
    const { status } = await evaluate('{"a": 1}.polluted')
    expect(status).toBe('FAILED')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('a regular expression that takes for ever is given up', async () => {
    const { status, error, cause } = await evaluate('$contains($states.input.text, /^(a+)+$/)', { text: `${'a'.repeat(64)}!` })
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError' })
    expect(cause).toContain('threw an error during evaluation: Expression evaluation timeout: Check for infinite loop')
    expect(await evaluate('1 + 1')).toMatchObject({ status: 'SUCCEEDED' })
  })
})

test('an execution without end fails with its 25,000th event', async () => {
  const definition = { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } }
  const arn = await fixture.start(await fixture.create(definition, 'endless'))
  await fixture.settle()
  expect(await fixture.describe(arn)).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  })
  const { events } = await fixture.ask('GetExecutionHistory', { executionArn: arn, reverseOrder: true, maxResults: 1 })
  expect(events).toMatchObject([{ id: 25_000, type: 'ExecutionFailed' }])
})
