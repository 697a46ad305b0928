import {
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  type ValidationError,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import { digestOf } from '../canonical/index.ts'
import { Calendar, type Freeze } from './freezes.ts'

/** One rule as people are shown it. */
export type PolicyText = {
  readonly id: string
  readonly file: string
  readonly effect: 'permit' | 'forbid'
  /** Of a permit: who may. Of a forbid: why not; for a release, what is missing. */
  readonly reason: string
  readonly text: string
}

/** A schema and its policies, parsed and checked once; `version` is the digest of their texts. */
export type PolicySet = {
  readonly version: string
  readonly policies: readonly PolicyText[]
  /** The calendar of freezes; its text is part of the version. */
  readonly freezes: readonly Freeze[]
  /** Policies that are sound and can never apply, one sentence each with file and id. */
  readonly unreachable: readonly string[]
  /** Ids of the permits that speak about an action, however they end; for telling people who may. */
  readonly permitsOf: (action: string) => readonly PolicyText[]
}

/** Policies that cannot be trusted to mean what they say. The message names each fault with its file. */
export class PolicyError extends Error {
  override name = 'PolicyError'
}

const messages = (errors: readonly DetailedError[]): string =>
  errors.map(error => [error.message, error.help].filter(Boolean).join('; ')).join('\n')
const refuseLoudly = (faults: readonly string[]): void => {
  if (faults.length > 0) throw new PolicyError(`The policies are refused:\n${faults.join('\n')}`)
}

type Parsed = PolicyText & { readonly json: PolicyJson }

const parsedOf = (file: string, text: string): readonly Parsed[] => {
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') throw new PolicyError(`${file}: ${messages(parts.errors)}`)
  if (parts.policy_templates.length > 0) throw new PolicyError(`${file}: templates are not supported`)
  return parts.policies.map(policy => {
    const answer = policyToJson(policy)
    if (answer.type === 'failure') throw new PolicyError(`${file}: ${messages(answer.errors)}`)
    const { id, reason } = answer.json.annotations ?? {}
    if (!id || !reason) throw new PolicyError(`${file}: every policy has an @id and a @reason; this one lacks one:\n${policy}`)
    return { id, file, effect: answer.json.effect, reason, text: policy, json: answer.json }
  })
}

const actionIdsOf = (json: PolicyJson): readonly string[] => {
  const { action } = json
  if (action.op === 'All') return []
  const uids = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : []
  return uids.map(uid => ('__entity' in uid ? uid.__entity.id : uid.id))
}

/** Action groups of the schema that hold an action, through `in`; the schema's text is small and read once. */
const groupsOf = (schema: string, action: string): readonly string[] =>
  [...schema.matchAll(/action\s+([\w\s,]+?)\s+in\s+\[([\w\s,]+)\]/g)]
    .filter(([, actions]) => (actions ?? '').split(/[\s,]+/).includes(action))
    .flatMap(([, , groups]) => (groups ?? '').split(/[\s,]+/).filter(Boolean))

const calendarOf = (text: string): readonly Freeze[] => {
  const parsed = Calendar.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data.freezes
  throw new PolicyError(
    parsed.error.issues.map(({ path, message }) => `freezes.json: ${path.map(String).join('.')}: ${message}`).join('\n'),
  )
}
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new PolicyError('freezes.json: this is no JSON')
  }
}

/**
 * Parses and checks a schema and its policies (file name → text) and keeps them parsed under their version.
 * Throws PolicyError where anything does not parse, does not fit the schema, lacks its @id or @reason, or has another's id:
 * a house whose rules are unclear stays shut.
 */
export const loadPolicies = ({
  schema,
  policies,
  freezes: calendar = '{ "freezes": [] }',
}: {
  readonly schema: string
  readonly policies: Readonly<Record<string, string>>
  /** Text of freezes.json. */
  readonly freezes?: string | undefined
}): PolicySet => {
  const files = Object.entries(policies).sort(([a], [b]) => (a < b ? -1 : 1))
  const freezes = calendarOf(calendar)
  const version = digestOf({ schema, policies, freezes })
  const parsed = files.flatMap(([file, text]) => parsedOf(file, text))
  const doubled = parsed.filter((policy, index) => parsed.findIndex(({ id }) => id === policy.id) !== index)
  refuseLoudly(doubled.map(({ file, id }) => `${file}: the id ${id} is taken already`))
  if (parsed.length === 0) throw new PolicyError('There are no policies, so nobody could do anything.')

  const staticPolicies = Object.fromEntries(parsed.map(({ id, text }) => [id, text]))
  const answer = validate({ schema, policies: { staticPolicies } })
  if (answer.type === 'failure') throw new PolicyError(`The schema or the policies do not parse:\n${messages(answer.errors)}`)
  const fileOf = (id: string) => parsed.find(policy => policy.id === id)?.file ?? '?'
  const told = (found: readonly ValidationError[]) =>
    found.map(({ policyId, error }) => `${fileOf(policyId)}: ${policyId}: ${messages([error])}`)
  refuseLoudly(told(answer.validationErrors))

  for (const prepared of [preparseSchema(version, schema), preparsePolicySet(version, { staticPolicies })])
    if (prepared.type === 'failure') throw new PolicyError(messages(prepared.errors))

  const permits = parsed.filter(({ effect }) => effect === 'permit')
  const texts = parsed.map(({ json: _, ...text }) => text)
  const permitsOf = (action: string): readonly PolicyText[] => {
    const names = new Set([action, ...groupsOf(schema, action)])
    const speaking = permits.filter(({ json }) => json.action.op === 'All' || actionIdsOf(json).some(id => names.has(id)))
    return speaking.map(({ json: _, ...text }) => text)
  }
  return { version, policies: texts, freezes, unreachable: told(answer.validationWarnings), permitsOf }
}
