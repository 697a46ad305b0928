/**
 * What CreateStateMachine, UpdateStateMachine and ValidateStateMachineDefinition have against a definition, in the service's words where they
 * are known. What this interpreter does not do (JSONPath, distributed maps, integrations other than Lambda) is refused here, loudly, and
 * never half done at run time.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject, own, parseJson, utf8Bytes } from '../json.ts'
import { expressionIn } from './definition.ts'
import { type Complain, type Diagnostic, failed } from './diagnostic.ts'
import { checkFields } from './fields.ts'
import { checkTransitions } from './transitions.ts'

export type Validation = {
  readonly diagnostics: readonly Diagnostic[]
  /** Every expression, with the place it stands at; their syntax is checked by whoever holds the parser. */
  readonly expressions: readonly { readonly source: string; readonly location: string }[]
}

const definitionBytesMax = 1_048_576

const isStates = (value: Json | undefined): value is JsonObject => isJsonObject(value)

const expressionsIn = (value: Json, location: string): { source: string; location: string }[] => {
  const source = expressionIn(value)
  if (source !== undefined) return [{ source, location }]
  if (isJsonArray(value)) return value.flatMap((item, index) => expressionsIn(item, `${location}[${index}]`))
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, item]) => expressionsIn(item, `${location}/${key}`))
  return []
}

/** The language of a state is its own, or that of the whole machine, never of a state around it; JSONPath is what both are when they say nothing. */
const checkLanguage = (state: JsonObject, inherited: string, location: string, complain: Complain): boolean => {
  const stated = own(state, 'QueryLanguage')
  const language = stated ?? inherited
  if (language === 'JSONata') return true
  if (inherited === 'JSONata' && language === 'JSONPath')
    complain(failed("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", location))
  else complain(failed(`Only "QueryLanguage": "JSONata" is supported here, this state is in ${JSON.stringify(language)}`, location))
  return false
}

const checkState = (name: string, value: Json, inherited: string, location: string, complain: Complain) => {
  if (name.length > 80) complain(failed('State name must have length less than or equal to 80', location))
  if (!isJsonObject(value)) return complain(failed('Expected value of type Object', location))
  if (!checkLanguage(value, inherited, location, complain)) return
  checkFields(value, location, complain)
  const branches = own(value, 'Branches')
  if (own(value, 'Type') === 'Parallel' && isJsonArray(branches))
    for (const [index, branch] of branches.entries()) checkScope(branch, inherited, `${location}/Branches[${index}]`, complain)
  const processor = own(value, 'ItemProcessor')
  if (own(value, 'Type') === 'Map' && processor !== undefined) checkScope(processor, inherited, `${location}/ItemProcessor`, complain)
}

const checkScope = (scope: Json, inherited: string, location: string, complain: Complain) => {
  if (!isJsonObject(scope)) return complain(failed('Expected value of type Object', location))
  if (location !== '' && own(scope, 'QueryLanguage') !== undefined) complain(failed("Field 'QueryLanguage' is not supported", location))
  const missing = ['States', 'StartAt'].filter(field => own(scope, field) === undefined)
  if (missing.length > 0) return complain(failed(`These fields are required: [${missing.join(', ')}]`, location === '' ? '/' : location))
  const states = own(scope, 'States')
  if (!isStates(states) || Object.keys(states).length === 0)
    return complain(failed('States must be a non-empty Object', `${location}/States`))
  for (const [name, state] of Object.entries(states)) checkState(name, state, inherited, `${location}/States/${name}`, complain)
  checkTransitions(scope, states, location, complain)
}

const checkMachine = (machine: JsonObject, complain: Complain) => {
  const language = own(machine, 'QueryLanguage') ?? 'JSONPath'
  if (language !== 'JSONata' && language !== 'JSONPath')
    return complain(failed('Value is not one of: [JSONPath, JSONata]', '/QueryLanguage'))
  const timeout = own(machine, 'TimeoutSeconds')
  if (timeout !== undefined && !(typeof timeout === 'number' && Number.isInteger(timeout) && timeout > 0 && timeout <= 99_999_999))
    complain(failed('TimeoutSeconds must be an integer from 1 to 99999999', '/TimeoutSeconds'))
  checkScope(machine, language, '', complain)
}

export const validate = (text: string): Validation => {
  const diagnostics: Diagnostic[] = []
  const nothing = (diagnostic: Diagnostic): Validation => ({ diagnostics: [diagnostic], expressions: [] })
  if (utf8Bytes(text) > definitionBytesMax) return nothing(failed('Definition is larger than 1048576 bytes', ''))
  if (text.trim() === '') return nothing(failed('Definition must be a valid JSON object', ''))
  const parsed = parseJson(text)
  if (!parsed.ok) return nothing({ severity: 'ERROR', code: 'INVALID_JSON_DESCRIPTION', message: parsed.message, location: '' })
  if (!isJsonObject(parsed.value)) return nothing(failed('Definition must be a valid JSON object', ''))
  checkMachine(parsed.value, diagnostic => diagnostics.push(diagnostic))
  return { diagnostics, expressions: diagnostics.length > 0 ? [] : expressionsIn(parsed.value, '') }
}
