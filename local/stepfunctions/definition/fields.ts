/** One table of fields for each type of state: what may stand there, what must, and what this interpreter does not do. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../json.ts'
import { expressionIn } from './definition.ts'
import { type Complain, failed } from './diagnostic.ts'
import { resourceOf } from './parse.ts'

/** The reason against a value, or undefined. */
type Rule = (value: Json) => string | undefined
type Fields = Readonly<Record<string, Rule>>

const text: Rule = value => (typeof value === 'string' ? undefined : 'Expected value of type String')
const flag: Rule = value => (typeof value === 'boolean' ? undefined : 'Expected value of type Boolean')
const object: Rule = value => (isJsonObject(value) ? undefined : 'Expected value of type Object')
const list: Rule = value => (isJsonArray(value) ? undefined : 'Expected value of type Array')
const template: Rule = value => {
  if (typeof value === 'string' && value.startsWith('{%') && expressionIn(value) === undefined)
    return 'A JSONata expression must start with {% and end with %}'
  if (isJsonArray(value)) return value.map(template).find(reason => reason !== undefined)
  return isJsonObject(value)
    ? Object.values(value)
        .map(template)
        .find(reason => reason !== undefined)
    : undefined
}
const orExpression =
  (rule: Rule): Rule =>
  value =>
    typeof value === 'string' && value.startsWith('{%') ? template(value) : rule(value)
const number =
  (min: number, max: number, integer = true): Rule =>
  value =>
    typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value))
      ? undefined
      : `Expected ${integer ? 'an integer' : 'a number'} from ${min} to ${max}`
const expression: Rule = value => (typeof value === 'string' ? template(value) : 'Expected value of type String or a JSONata expression')
const errorNames: Rule = value =>
  isJsonArray(value) && value.length > 0 && value.every(name => typeof name === 'string')
    ? undefined
    : 'ErrorEquals must be a non-empty Array of String'
const assignable: Rule = value => {
  if (!isJsonObject(value)) return 'Expected value of type Object'
  const wrong = Object.keys(value).find(name => !/^[A-Za-z_][A-Za-z0-9_]{0,79}$/.test(name) || name === 'states')
  return wrong === undefined ? template(value) : `Invalid variable name: ${wrong}`
}
const resource: Rule = value => {
  if (typeof value !== 'string') return 'Expected value of type String'
  return resourceOf(value) === undefined
    ? `The resource ${value} is not supported here, only lambda:invoke, lambda:invoke.waitForTaskToken and function ARNs`
    : undefined
}
const inlineProcessor: Rule = value => {
  const config = isJsonObject(value) ? own(value, 'ProcessorConfig') : undefined
  const mode = isJsonObject(config) ? own(config, 'Mode') : undefined
  return mode === undefined || mode === 'INLINE' ? undefined : 'Only Map states in INLINE mode are supported here'
}
const seconds = orExpression(number(0, 99_999_999))
const lifetime = orExpression(number(1, 99_999_999))

const common: Fields = { Type: text, Comment: text, QueryLanguage: text, Output: template }
const moving: Fields = { ...common, Next: text, End: flag, Assign: assignable }
const failing: Fields = { ...moving, Retry: list, Catch: list }

const fieldsOf: Readonly<Record<string, { allowed: Fields; required: readonly string[] }>> = {
  Pass: { allowed: moving, required: [] },
  Succeed: { allowed: common, required: [] },
  Fail: { allowed: { Type: text, Comment: text, QueryLanguage: text, Error: expression, Cause: expression }, required: [] },
  Choice: { allowed: { ...common, Assign: assignable, Choices: list, Default: text }, required: ['Choices'] },
  Wait: { allowed: { ...moving, Seconds: seconds, Timestamp: expression }, required: [] },
  Task: {
    allowed: {
      ...failing,
      Resource: resource,
      Arguments: template,
      Credentials: object,
      TimeoutSeconds: lifetime,
      HeartbeatSeconds: lifetime,
    },
    required: ['Resource'],
  },
  Parallel: { allowed: { ...failing, Arguments: template, Branches: list }, required: ['Branches'] },
  Map: {
    allowed: {
      ...failing,
      Items: value =>
        typeof value === 'string' && expressionIn(value) === undefined ? 'Expected an Array or a JSONata expression' : template(value),
      ItemSelector: template,
      ItemProcessor: inlineProcessor,
      MaxConcurrency: orExpression(number(0, 99_999_999)),
      ToleratedFailureCount: orExpression(number(0, 99_999_999)),
      ToleratedFailurePercentage: orExpression(number(0, 100, false)),
    },
    required: ['ItemProcessor'],
  },
}

const rule: Fields = {
  Condition: value => (typeof value === 'boolean' ? undefined : expression(value)),
  Next: text,
  Assign: assignable,
  Output: template,
  Comment: text,
}
const catcher: Fields = { ErrorEquals: errorNames, Next: text, Assign: assignable, Output: template, Comment: text }
const retrier: Fields = {
  ErrorEquals: errorNames,
  IntervalSeconds: number(1, 99_999_999),
  MaxAttempts: number(0, 99_999_999),
  BackoffRate: number(1, 99_999_999, false),
  MaxDelaySeconds: number(1, 31_622_400),
  JitterStrategy: value => (value === 'FULL' || value === 'NONE' ? undefined : 'Value is not one of: [FULL, NONE]'),
  Comment: text,
}

/* What belongs to the other query language is named as such: the usual mistake is a definition that mixes the two. */
const jsonPathOnly = new Set(
  ['InputPath', 'OutputPath', 'ResultPath', 'ResultSelector', 'Parameters', 'Result', 'ItemsPath', 'SecondsPath', 'TimestampPath'].concat([
    'TimeoutSecondsPath',
    'HeartbeatSecondsPath',
    'ErrorPath',
    'CausePath',
    'Variable',
    'MaxConcurrencyPath',
    'Iterator',
  ]),
)

const unsupported = (field: string): string =>
  jsonPathOnly.has(field)
    ? `The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage`
    : `Field '${field}' is not supported`

const checkObject = (value: Json, fields: Fields, required: readonly string[], location: string, complain: Complain) => {
  if (!isJsonObject(value)) return complain(failed('Expected value of type Object', location))
  const missing = required.filter(field => own(value, field) === undefined)
  if (missing.length > 0) complain(failed(`These fields are required: [${missing.join(', ')}]`, location))
  for (const [field, content] of Object.entries(value)) {
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined
    if (known === undefined) complain(failed(unsupported(field), location))
    const reason = known?.(content)
    if (reason !== undefined) complain(failed(reason, `${location}/${field}`))
  }
}

const checkList = (state: JsonObject, field: string, fields: Fields, required: readonly string[], location: string, complain: Complain) => {
  const value = own(state, field)
  if (!isJsonArray(value)) return
  if (value.length === 0 && field === 'Choices') complain(failed('Choices must be a non-empty Array', `${location}/${field}`))
  for (const [index, entry] of value.entries()) checkObject(entry, fields, required, `${location}/${field}[${index}]`, complain)
}

/** States.ALL stands alone and last: what comes after it could never match. */
const checkCatchAll = (state: JsonObject, field: string, location: string, complain: Complain) => {
  const entries = own(state, field)
  if (!isJsonArray(entries)) return
  entries.forEach((entry, index) => {
    const names = isJsonObject(entry) ? own(entry, 'ErrorEquals') : undefined
    if (!isJsonArray(names) || !names.includes('States.ALL')) return
    if (names.length > 1 || index < entries.length - 1)
      complain(failed('States.ALL must appear alone and in the last element', `${location}/${field}[${index}]/ErrorEquals`))
  })
}

export const checkFields = (state: JsonObject, location: string, complain: Complain) => {
  const type = own(state, 'Type')
  const table = typeof type === 'string' && Object.hasOwn(fieldsOf, type) ? fieldsOf[type] : undefined
  if (table === undefined) return complain(failed(`Value is not one of: [${Object.keys(fieldsOf).join(', ')}]`, `${location}/Type`))
  checkObject(state, table.allowed, table.required, location, complain)
  checkList(state, 'Choices', rule, ['Condition', 'Next'], location, complain)
  checkList(state, 'Catch', catcher, ['ErrorEquals', 'Next'], location, complain)
  checkList(state, 'Retry', retrier, ['ErrorEquals'], location, complain)
  for (const field of ['Catch', 'Retry']) checkCatchAll(state, field, location, complain)
  if (type === 'Wait' && (own(state, 'Seconds') === undefined) === (own(state, 'Timestamp') === undefined))
    complain(failed("Exactly one of these fields is required: ['Seconds', 'Timestamp']", location))
}
