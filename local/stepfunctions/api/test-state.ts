/** TestState: one state without a machine. Parallel and Map states are refused; their parts can be tested one by one. */
import { randomUUID } from 'node:crypto'
import { sentence } from '../definition/diagnostic.ts'
import type { ProbeRequest } from '../engine/probe.ts'
import { isJsonObject, type JsonObject, own, parseJson } from '../json.ts'
import type { ExecutionRow } from '../storage/executions.ts'
import type { Parts } from './parts.ts'
import { ApiError, bodyOf, oneOf, optionalText, requiredText } from './request.ts'
import { diagnose } from './validation.ts'

const invalid = (message: string) => new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${message}'`)

const objectIn = (text: string, complain: (why: string) => ApiError): JsonObject => {
  const parsed = parseJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) throw complain(parsed.ok ? 'Definition must be a valid JSON object' : parsed.message)
  return parsed.value
}

/** The definition is a state, or a machine of which `stateName` names one. */
const machineOf = (body: JsonObject): string => {
  const definition = objectIn(requiredText(body, 'definition', { max: 1_048_576 }), invalid)
  const name = optionalText(body, 'stateName', { min: 1, max: 80 })
  if (name === undefined) return JSON.stringify({ StartAt: 'State', States: { State: definition } })
  const states = own(definition, 'States')
  const state = isJsonObject(states) ? own(states, name) : undefined
  if (state === undefined) throw invalid(`State ${name} is not in the definition`)
  const language = own(definition, 'QueryLanguage')
  return JSON.stringify({ ...(language === undefined ? {} : { QueryLanguage: language }), StartAt: name, States: { [name]: state } })
}

const mockIn = (body: JsonObject): ProbeRequest['mock'] => {
  const mock = own(body, 'mock')
  if (!isJsonObject(mock)) return undefined
  const errorOutput = own(mock, 'errorOutput')
  if (isJsonObject(errorOutput))
    return { failure: { error: optionalText(errorOutput, 'error'), cause: optionalText(errorOutput, 'cause') } }
  const result = requiredText(mock, 'result')
  if (!parseJson(result).ok) throw new ApiError('ValidationException', 'The result of the mock must be valid JSON')
  return { result }
}

const variablesIn = (body: JsonObject): Map<string, string> => {
  const text = optionalText(body, 'variables') ?? '{}'
  const variables = objectIn(text, why => new ApiError('ValidationException', `The variables must be a JSON object: ${why}`))
  return new Map(Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)]))
}

const present = (values: Readonly<Record<string, string | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

export const testState = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const definition = machineOf(body)
  const level = oneOf(body, 'inspectionLevel', ['INFO', 'DEBUG', 'TRACE']) ?? 'INFO'
  /* What the state leads to is not part of the test. */
  const wrong = (await diagnose(parts, definition)).filter(({ code }) => code !== 'MISSING_TRANSITION_TARGET')
  if (wrong.length > 0) throw invalid(wrong.map(sentence).join(', '))
  const input = optionalText(body, 'input') ?? '{}'
  if (!parseJson(input).ok) throw new ApiError('InvalidExecutionInput', "Invalid State Machine Execution Input: 'Invalid execution input.'")
  const nothing = { stopped: undefined, output: undefined, error: undefined, cause: undefined, deadline: undefined }
  const names = {
    arn: parts.arns.execution('test', randomUUID()),
    machineArn: parts.arns.machine('test'),
    machineName: 'test',
    name: 'test',
  }
  const started = parts.now()
  const row: ExecutionRow = {
    ...nothing,
    ...names,
    key: 0,
    roleArn: optionalText(body, 'roleArn') ?? '',
    definition: '',
    revision: undefined,
    input,
    status: 'RUNNING',
    started,
    traceHeader: undefined,
  }
  const { status, afterArguments, ...shown } = await parts.engine.probe({
    row,
    definition,
    variables: variablesIn(body),
    mock: mockIn(body),
  })
  if (status === 'UNSUPPORTED') throw new ApiError('ValidationException', 'Parallel and Map states cannot be tested here')
  const inspectionData = level === 'INFO' ? {} : { inspectionData: present({ input, afterArguments }) }
  return { status, ...present(shown), ...inspectionData }
}
