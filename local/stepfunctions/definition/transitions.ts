import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../json.ts'
import { type Complain, failed, missingTarget } from './diagnostic.ts'

/* The service's message says 'Next' wherever the transition stands. */
type Edge = { target: Json | undefined; location: string }

const objects = (value: Json | undefined): readonly JsonObject[] => (isJsonArray(value) ? value.filter(isJsonObject) : [])

const edgesOf = (state: JsonObject, location: string): Edge[] => [
  { target: own(state, 'Next'), location: `${location}/Next` },
  { target: own(state, 'Default'), location: `${location}/Default` },
  ...['Catch', 'Choices'].flatMap(list =>
    objects(own(state, list)).map((entry, index) => ({
      target: own(entry, 'Next'),
      location: `${location}/${list}[${index}]/Next`,
    })),
  ),
]

const checkEnd = (state: JsonObject, location: string, complain: Complain) => {
  const type = own(state, 'Type')
  if (type === 'Choice' || type === 'Succeed' || type === 'Fail') return
  const next = own(state, 'Next')
  const end = own(state, 'End')
  if (next === undefined && end === undefined) complain(missingTarget("These fields are required: one of ['Next', 'End']", location))
  if (next !== undefined && end === true) complain(failed("Only one of these fields is allowed: ['Next', 'End']", location))
  if (end !== undefined && typeof end !== 'boolean') complain(failed('Expected value of type Boolean', `${location}/End`))
  if (end === false && next === undefined) complain(missingTarget("Missing 'Next' target", location))
}

/** Every transition leads to a state of its own scope, and every state can be reached. */
export const checkTransitions = (scope: JsonObject, states: JsonObject, location: string, complain: Complain) => {
  const startAt = own(scope, 'StartAt')
  if (typeof startAt !== 'string' || own(states, startAt) === undefined)
    return complain(missingTarget(`Missing 'StartAt' target: ${startAt}`, `${location}/StartAt`))
  const reached = new Set([startAt])
  for (const [name, state] of Object.entries(states)) {
    if (!isJsonObject(state)) continue
    checkEnd(state, `${location}/States/${name}`, complain)
    for (const { target, location: at } of edgesOf(state, `${location}/States/${name}`)) {
      if (target === undefined) continue
      if (typeof target !== 'string' || own(states, target) === undefined) complain(missingTarget(`Missing 'Next' target: ${target}`, at))
      else if (target !== name) reached.add(target)
    }
  }
  for (const name of Object.keys(states))
    if (!reached.has(name)) complain(missingTarget(`State "${name}" is not reachable.`, `${location}/States/${name}`))
}
