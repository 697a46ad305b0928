import { type EntityJson, schemaToJson } from '@cedar-policy/cedar-wasm/nodejs'
import { PolicyError } from './policy-texts.ts'

/** What a schema says of its actions. */
export type ActionRules = {
  /** The action itself and the groups that hold it, through groups of groups. */
  readonly groupsOf: (action: string) => ReadonlySet<string>
  /** The action with its groups, as an entity. */
  readonly entityOf: (action: string) => EntityJson
  /** Whether the action may be asked about such a principal and such a resource. */
  readonly isAsked: (action: string, principal: string, resource: string) => boolean
}

/** Reads the actions of a schema once. Throws PolicyError where it does not parse. */
export const actionRulesOf = (schema: string): ActionRules => {
  const answer = schemaToJson(schema)
  if (answer.type === 'failure')
    throw new PolicyError(`The schema does not parse:\n${answer.errors.map(({ message }) => message).join('\n')}`)
  const actions = new Map(Object.entries(answer.json['']?.actions ?? {}))
  const parentsOf = (action: string): readonly string[] => (actions.get(action)?.memberOf ?? []).map(({ id }) => id)
  const groupsOf = (action: string, seen: Set<string> = new Set()): Set<string> => {
    if (seen.has(action)) return seen
    seen.add(action)
    for (const parent of parentsOf(action)) groupsOf(parent, seen)
    return seen
  }
  const known = new Map([...actions.keys()].map(action => [action, groupsOf(action)]))
  const uid = (id: string) => ({ type: 'Action', id })
  return {
    groupsOf: action => known.get(action) ?? new Set([action]),
    entityOf: action => {
      const groups = [...(known.get(action) ?? [])].filter(group => group !== action)
      return { uid: uid(action), attrs: {}, parents: groups.map(uid) }
    },
    isAsked: (action, principal, resource) => {
      const applies = actions.get(action)?.appliesTo
      return (applies?.principalTypes.includes(principal) ?? false) && (applies?.resourceTypes.includes(resource) ?? false)
    },
  }
}
