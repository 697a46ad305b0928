/** From a definition that `validate` has admitted to the interpreter's form. */
import { invariant } from '../invariant.ts'
import { isJsonArray, isJsonObject, type Json, type JsonObject, own, parseJson } from '../json.ts'
import type { Carrier, Catcher, ChoiceRule, Definition, Resource, Retrier, Scope, State } from './definition.ts'

const objectAt = (object: JsonObject, key: string): JsonObject | undefined => {
  const value = own(object, key)
  return isJsonObject(value) ? value : undefined
}
const objectsAt = (object: JsonObject, key: string): readonly JsonObject[] => {
  const value = own(object, key)
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}
const textAt = (object: JsonObject, key: string): string | undefined => {
  const value = own(object, key)
  return typeof value === 'string' ? value : undefined
}
const numberAt = (object: JsonObject, key: string): number | undefined => {
  const value = own(object, key)
  return typeof value === 'number' ? value : undefined
}
const textsAt = (object: JsonObject, key: string): readonly string[] => {
  const value = own(object, key)
  return isJsonArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

export const resourceOf = (arn: string): Resource | undefined => {
  const invoke = /^arn:[a-z-]+:states:[a-z0-9-]*:[0-9]*:lambda:invoke(\.waitForTaskToken)?$/.exec(arn)
  if (invoke) return { kind: 'invoke', arn, waitForTaskToken: invoke[1] !== undefined }
  return /^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$/.test(arn)
    ? { kind: 'function', arn }
    : undefined
}

const carrierOf = (source: JsonObject, at: string): Carrier => ({
  at,
  assign: objectAt(source, 'Assign'),
  output: own(source, 'Output'),
  next: textAt(source, 'Next'),
})

const retrierOf = (source: JsonObject): Retrier => ({
  errorEquals: textsAt(source, 'ErrorEquals'),
  intervalSeconds: numberAt(source, 'IntervalSeconds') ?? 1,
  maxAttempts: numberAt(source, 'MaxAttempts') ?? 3,
  backoffRate: numberAt(source, 'BackoffRate') ?? 2,
  maxDelaySeconds: numberAt(source, 'MaxDelaySeconds'),
  jitter: textAt(source, 'JitterStrategy') === 'FULL' ? 'FULL' : 'NONE',
})

const failingOf = (source: JsonObject) => ({
  retry: objectsAt(source, 'Retry').map(retrierOf),
  catchers: objectsAt(source, 'Catch').map(
    (catcher, index): Catcher => ({ ...carrierOf(catcher, `Catch[${index}]/`), errorEquals: textsAt(catcher, 'ErrorEquals') }),
  ),
})

const ruleOf = (source: JsonObject, index: number): ChoiceRule => ({
  ...carrierOf(source, `Choices[${index}]/`),
  condition: own(source, 'Condition') ?? false,
})

const stateOf = (name: string, source: JsonObject): State => {
  const carrier = { name, ...carrierOf(source, '') }
  const type = textAt(source, 'Type')
  switch (type) {
    case 'Pass':
    case 'Succeed':
      return { ...carrier, type }
    case 'Wait':
      return { ...carrier, type, seconds: own(source, 'Seconds'), timestamp: own(source, 'Timestamp') }
    case 'Fail':
      return { name, type, error: own(source, 'Error'), cause: own(source, 'Cause') }
    case 'Choice': {
      const otherwise = textAt(source, 'Default')
      return { ...carrier, type, next: otherwise, rules: objectsAt(source, 'Choices').map(ruleOf), hasDefault: otherwise !== undefined }
    }
    case 'Task': {
      const resource = resourceOf(textAt(source, 'Resource') ?? '')
      invariant(resource, 'validate admits only resources that are known here')
      const seconds = {
        timeoutSeconds: own(source, 'TimeoutSeconds'),
        heartbeatSeconds: own(source, 'HeartbeatSeconds'),
        credentials: own(source, 'Credentials'),
      }
      return { ...carrier, ...failingOf(source), ...seconds, type, resource, arguments: own(source, 'Arguments') }
    }
    case 'Parallel':
      return {
        ...carrier,
        ...failingOf(source),
        type,
        arguments: own(source, 'Arguments'),
        branches: objectsAt(source, 'Branches').map(scopeOf),
      }
    case 'Map':
      return {
        ...carrier,
        ...failingOf(source),
        type,
        items: own(source, 'Items'),
        itemSelector: own(source, 'ItemSelector'),
        maxConcurrency: own(source, 'MaxConcurrency'),
        toleratedFailureCount: own(source, 'ToleratedFailureCount'),
        toleratedFailurePercentage: own(source, 'ToleratedFailurePercentage'),
        processor: scopeOf(objectAt(source, 'ItemProcessor') ?? {}),
      }
    default:
      throw new Error(`Broken invariant: validate admits only known types of state, not ${type}`)
  }
}

const scopeOf = (source: JsonObject): Scope => {
  const states = Object.entries(objectAt(source, 'States') ?? {})
  return {
    startAt: textAt(source, 'StartAt') ?? '',
    states: new Map(states.flatMap(([name, state]: [string, Json]) => (isJsonObject(state) ? [[name, stateOf(name, state)]] : []))),
  }
}

/** Precondition: `validate` found no error in this text. */
export const parseDefinition = (text: string): Definition => {
  const parsed = parseJson(text)
  invariant(parsed.ok && isJsonObject(parsed.value), 'a stored definition is a JSON object')
  return { ...scopeOf(parsed.value), timeoutSeconds: numberAt(parsed.value, 'TimeoutSeconds') }
}
