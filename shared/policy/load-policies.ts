import {
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  type ValidationError,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import type * as z from 'zod'
import { digestOf } from '../canonical/index.ts'
import { type Asked, openApplicable } from './applicable.ts'
import { Calendar, type Freeze } from './freezes.ts'
import { entitiesOf } from './policy-scope.ts'
import { isTooDeep, shapeFaultOf } from './policy-shape.ts'
import { PolicyError, type PolicyTexts } from './policy-texts.ts'
import { type ActionRules, actionRulesOf } from './schema-actions.ts'
import { Settings } from './settings.ts'
import { faultOfTeamPolicy } from './team-policy.ts'

/** One rule as people are shown it. */
export type PolicyText = {
  readonly id: string
  readonly file: string
  /** The fleet whose own rule it is; null for a rule of the house. */
  readonly fleet: string | null
  readonly effect: 'permit' | 'forbid'
  /** Of a permit: who may. Of a forbid: why not; for a release, what is missing. */
  readonly reason: string
  /** An emergency may name it and pass it (docs/approvals.md). */
  readonly breakable: boolean
  readonly text: string
}

/** A schema and its policies, parsed and checked once; `version` is the digest of their texts. */
export type PolicySet = {
  readonly version: string
  /** Number of the edition that lies on what was deployed; 0: none does. */
  readonly edition: number
  readonly policies: readonly PolicyText[]
  /** The calendar of freezes, and the settings; both are part of the version. */
  readonly freezes: readonly Freeze[]
  readonly settings: Settings
  /** What whoever doubts sound policies looks at (doubtsAbout). */
  readonly parsed: { readonly rules: readonly Parsed[]; readonly actions: ActionRules; readonly warnings: readonly string[] }
  /** A question, pared down to what these policies can tell apart, as the engine is asked it. Throws PolicyError where it cannot be put. */
  readonly pare: (asked: Asked) => ReturnType<ReturnType<typeof openApplicable>>
  /** Ids of the permits that speak about an action, however they end; for telling people who may. */
  readonly permitsOf: (action: string) => readonly PolicyText[]
}

const messages = (errors: readonly DetailedError[]): string =>
  errors.map(error => [error.message, error.help].filter(Boolean).join('; ')).join('\n')
const refuseLoudly = (faults: readonly string[]): void => {
  if (faults.length > 0) throw new PolicyError(`The policies are refused:\n${faults.join('\n')}`)
}

type Parsed = PolicyText & { readonly json: PolicyJson }
type Source = Pick<PolicyText, 'file' | 'fleet' | 'text'>

/* What people are shown and name: nothing in it that looks like something else, or like nothing. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const REASON = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,500}$/u

const parsedOf = ({ file, fleet, text }: Source): readonly Parsed[] => {
  const shape = shapeFaultOf(text)
  if (shape !== null) throw new PolicyError(`${file}: ${shape}`)
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') throw new PolicyError(`${file}: ${messages(parts.errors)}`)
  if (parts.policy_templates.length > 0) throw new PolicyError(`${file}: templates are not supported`)
  /* The parser numbers policies and sorts the numbers as texts; people want them as they were written. */
  const written = parts.policies.toSorted((a, b) => text.indexOf(a) - text.indexOf(b))
  return written.map(policy => {
    const answer = policyToJson(policy)
    if (answer.type === 'failure') throw new PolicyError(`${file}: ${messages(answer.errors)}`)
    if (isTooDeep(answer.json)) throw new PolicyError(`${file}: what one policy says is nested too deep; make two of it`)
    const { id, reason, breakable } = answer.json.annotations ?? {}
    if (!id || !reason) throw new PolicyError(`${file}: every policy has an @id and a @reason; this one lacks one:\n${policy}`)
    if (!ID.test(id))
      throw new PolicyError(`${file}: ${JSON.stringify(id)}: an @id is 1 to 128 letters of ASCII, digits, dots, hyphens and underscores`)
    if (!REASON.test(reason))
      throw new PolicyError(`${file}: ${id}: a @reason is one line of at most 500 characters, with none that cannot be seen`)
    return { id, file, fleet, effect: answer.json.effect, reason, breakable: breakable === 'true', text: policy, json: answer.json }
  })
}

const jsonOf = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new PolicyError(`${file}: this is no JSON`)
  }
}
const readAs = <Read>(schema: z.ZodType<Read>, file: string, text: string): Read => {
  const parsed = schema.safeParse(jsonOf(file, text))
  if (parsed.success) return parsed.data
  throw new PolicyError(parsed.error.issues.map(({ path, message }) => `${file}: ${path.map(String).join('.')}: ${message}`).join('\n'))
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
const sourcesOf = ({ policies, teams = {} }: PolicyTexts): readonly Source[] => [
  ...Object.entries(policies)
    .sort(byName)
    .map(([file, text]) => ({ file, fleet: null, text })),
  ...Object.entries(teams)
    .sort(byName)
    .flatMap(([fleet, files]) =>
      Object.entries(files)
        .sort(byName)
        .map(([file, text]) => ({ file: `fleets/${fleet}/${file}`, fleet, text })),
    ),
]

/** Whatever an emergency passes is named by its id, so that no rule is passed by the name of another. */
const faultOfBreakable = ({ id, effect, breakable, text }: Parsed): string | null => {
  const named = [...text.matchAll(/breakGlass\.passes\.contains\("([^"]*)"\)/g)].map(([, name]) => name)
  const words = text.match(/\bbreakGlass\b/g)?.length ?? 0
  const confirmed = text.match(/\bbreakGlass\.confirmed\b/g)?.length ?? 0
  if (!breakable) return words === 0 ? null : 'a rule that is not @breakable("true") says nothing about breakGlass'
  if (effect === 'forbid' && named.length > 0 && named.every(name => name === id) && confirmed === named.length && words === 2 * confirmed)
    return null
  return `a breakable rule forbids unless context.breakGlass.confirmed and context.breakGlass.passes.contains("${id}")`
}

const hasRoundedNumber = (node: unknown): boolean =>
  typeof node === 'object' && node !== null
    ? Object.values(node).some(hasRoundedNumber)
    : typeof node === 'number' && !Number.isSafeInteger(node)

/** The engine is given policies as JSON, where a larger number would be rounded without a word. */
const faultOfNumbers = ({ json }: Parsed): string | null =>
  hasRoundedNumber(json.conditions) ? `a number is at most ${Number.MAX_SAFE_INTEGER}` : null

const faultsOf = (parsed: readonly Parsed[]): readonly string[] => {
  const first = new Map(parsed.toReversed().map(policy => [policy.id, policy]))
  return parsed.flatMap(policy => {
    const { id, file, fleet, json } = policy
    if (first.get(id) !== policy) return [`${file}: the id ${id} is taken already`]
    const fault = (fleet === null ? null : faultOfTeamPolicy(fleet, json)) ?? faultOfBreakable(policy) ?? faultOfNumbers(policy)
    return fault === null ? [] : [`${file}: ${id}: ${fault}`]
  })
}

/**
 * Parses and checks a schema, its policies and settings, and keeps them parsed under their version.
 * Throws PolicyError where anything does not parse, does not fit the schema, lacks its @id or @reason, has another's id, or is a
 * fleet's and speaks about more than that fleet: a house whose rules are unclear stays shut.
 */
export const loadPolicies = (texts: PolicyTexts): PolicySet => {
  const { schema, policies, teams = {}, edition = 0 } = texts
  const { freezes } = readAs(Calendar, 'freezes.json', texts.freezes ?? '{ "freezes": [] }')
  const settings = readAs(Settings, 'settings.json', texts.settings ?? '{}')
  const version = digestOf({ schema, policies, freezes, settings, teams, ...(edition === 0 ? {} : { edition }) })
  const parsed = sourcesOf(texts).flatMap(parsedOf)
  refuseLoudly(faultsOf(parsed))
  if (parsed.length === 0) throw new PolicyError('There are no policies, so nobody could do anything.')

  const staticPolicies = Object.fromEntries(parsed.map(({ id, text }) => [id, text]))
  const answer = validate({ schema, policies: { staticPolicies } })
  if (answer.type === 'failure') throw new PolicyError(`The schema or the policies do not parse:\n${messages(answer.errors)}`)
  const fileOf = (id: string) => parsed.find(policy => policy.id === id)?.file ?? '?'
  const told = (found: readonly ValidationError[]) =>
    found.map(({ policyId, error }) => `${fileOf(policyId)}: ${policyId}: ${messages([error])}`)
  refuseLoudly(told(answer.validationErrors))

  const actions = actionRulesOf(schema)
  const applicable = openApplicable(version, parsed, actions)
  const pare: PolicySet['pare'] = asked => {
    if (actions.isAsked(asked.action.id, asked.principal.type, asked.resource.type)) return applicable(asked)
    throw new PolicyError(`${asked.action.id} is not asked of a ${asked.principal.type} about a ${asked.resource.type}`)
  }

  const permits = parsed.filter(({ effect }) => effect === 'permit')
  const shown = parsed.map(({ json: _, ...text }) => text)
  const permitsOf = (action: string): readonly PolicyText[] => {
    const names = actions.groupsOf(action)
    const speaking = permits.filter(({ json }) => entitiesOf(json.action)?.some(({ id }) => names.has(id)) ?? true)
    return speaking.map(({ json: _, ...text }) => text)
  }
  const warnings = told(answer.validationWarnings)
  return { version, edition, policies: shown, freezes, settings, parsed: { rules: parsed, actions, warnings }, pare, permitsOf }
}
