import {
  type CedarValueJson,
  type Context,
  type EntityJson,
  type PolicyJson,
  preparsePolicySet,
  type TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs'
import { pathsIn } from './context-path.ts'
import { isObject } from './is-object.ts'
import { literalsAt, withKnown } from './known-conditions.ts'
import { boundOf, entitiesOf } from './policy-scope.ts'
import { PolicyError } from './policy-texts.ts'
import type { ActionRules } from './schema-actions.ts'
import { readingRecord, TALLY, withRecord } from './tally-as-record.ts'

/*
 * A decision costs what the engine is given: each policy, entity and attribute is copied into it and looked at. So it is given
 * only what can make a difference, which follows from the policies' heads and from the words that stand in them:
 * - a policy whose head names other actions, or another fleet, can neither permit nor forbid;
 * - an attribute of the context that no policy reads, and an entity that none can tell from one that is not there, decide nothing;
 * - approvals may be given as a record, which costs half of an entity (tally-as-record.ts);
 * - a policy that what is known of the context has ruled out (known-conditions.ts) has no say, and what it alone read decides nothing.
 * Whatever cannot be told cheaply is given. That the decision is the same is held by a property over all of it.
 */

/** The policies that can have a say in a question, parsed under a name, and the words that they hold. */
type Applicable = {
  readonly name: string
  readonly mentions: (word: string) => boolean
  readonly readsAction: boolean
  /** See takenWhole. */
  readonly whole: ReadonlySet<string>
  /** They read the approvals of a record (tally-as-record.ts). */
  readonly tallyIsRecord: boolean
}

/** A question in Cedar's terms. */
export type Asked = {
  readonly principal: TypeAndId
  readonly action: TypeAndId
  readonly resource: TypeAndId
  readonly context: Context
  readonly entities: readonly EntityJson[]
}

export type Rule = { readonly id: string; readonly json: PolicyJson }

const isContext = (node: unknown): boolean => isObject(node) && node['Var'] === 'context'

/** Attributes of the context that a condition takes as a whole, and not only to read an attribute of theirs; `*`: the context itself. */
const takenWhole = (node: unknown, isRead = false): readonly string[] => {
  if (!isObject(node)) return []
  if (isContext(node)) return ['*']
  return Object.entries(node).flatMap(([operator, operands]) => {
    if ((operator !== '.' && operator !== 'has') || !isObject(operands)) return takenWhole(operands)
    if (!isContext(operands['left'])) return takenWhole(operands['left'], true)
    return operator === 'has' || isRead ? [] : [String(operands['attr'])]
  })
}

/** Fleets that a resource is or lies in. */
const fleetsOf = ({ resource, entities }: Asked): readonly string[] => {
  const parents = entities.filter(({ uid }) => isSame(uid, resource)).flatMap(entity => entity.parents.map(named))
  return [resource, ...parents].filter(({ type }) => type === 'Fleet').map(({ id }) => id)
}
const named = (uid: EntityJson['uid']): TypeAndId => ('__entity' in uid ? uid.__entity : uid)
const isSame = (uid: EntityJson['uid'], other: TypeAndId): boolean => named(uid).type === other.type && named(uid).id === other.id

/**
 * A rule with what was looked at when it was chosen taken out of its head, so that the engine need not look again, nor know groups of
 * actions: the action, and the fleet that the resource is or lies in.
 */
const withoutHead = ({ resource, ...json }: PolicyJson): PolicyJson => ({
  ...json,
  action: { op: 'All' },
  resource: resource.op === 'in' && boundOf(resource)?.type === 'Fleet' ? { op: 'All' } : resource,
  annotations: {},
})

type Bodies = Pick<Applicable, 'whole' | 'tallyIsRecord'> & { readonly bodies: readonly (readonly [id: string, PolicyJson])[] }

const wholeIn = (bodies: Bodies['bodies']): ReadonlySet<string> => new Set(bodies.flatMap(([, { conditions }]) => takenWhole(conditions)))

const bodiesOf = (rules: readonly Rule[]): Bodies => {
  const bodies = rules.map(({ id, json }) => [id, withoutHead(json)] as const)
  const reading = bodies.map(([id, json]) => [id, { ...json, conditions: readingRecord(json.conditions) }] as const)
  const whole = wholeIn(reading)
  const tallyIsRecord = !whole.has('*') && !whole.has(TALLY) && !JSON.stringify(bodies).includes('"Approvals"')
  return tallyIsRecord ? { bodies: reading, whole, tallyIsRecord } : { bodies, whole: wholeIn(bodies), tallyIsRecord }
}

const prepared = (name: string, rules: readonly Rule[]): Applicable => {
  const { bodies, whole, tallyIsRecord } = bodiesOf(rules)
  const parsed = preparsePolicySet(name, { staticPolicies: Object.fromEntries(bodies) })
  if (parsed.type === 'failure') throw new PolicyError(parsed.errors.map(({ message }) => message).join('\n'))
  const text = JSON.stringify(bodies)
  /* Words are names of attributes and types, so there are few. */
  const asked = new Map<string, boolean>()
  const mentions = (word: string): boolean => {
    const known = asked.get(word)
    if (known !== undefined) return known
    const found = text.includes(JSON.stringify(word))
    asked.set(word, found)
    return found
  }
  return {
    name,
    mentions,
    readsAction: text.includes('{"Var":"action"}'),
    whole,
    tallyIsRecord,
  }
}

const only = (attrs: Readonly<Record<string, CedarValueJson>>, mentions: Applicable['mentions']): Record<string, CedarValueJson> =>
  Object.fromEntries(Object.entries(attrs).filter(([name]) => mentions(name)))

/** An entity without what no policy can ask about; null where nothing is left of it. */
const paredEntity = (entity: EntityJson, { mentions }: Applicable): EntityJson | null => {
  const attrs = only(entity.attrs, mentions)
  /* The house is above whatever else holds something. */
  const parents = entity.parents.filter(parent => mentions(named(parent).type) || mentions('House'))
  const isEmpty = parents.length === 0 && entity.tags === undefined && Object.keys(attrs).length === 0
  return isEmpty ? null : { ...entity, attrs, parents }
}

const isRecord = (value: CedarValueJson): value is Record<string, CedarValueJson> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('__entity' in value) && !('__extn' in value)

const paredContext = (context: Context, { mentions, whole }: Applicable): Context => {
  if (whole.has('*')) return context
  const read = Object.entries(only(context, mentions))
  return Object.fromEntries(read.map(([name, value]) => [name, isRecord(value) && !whole.has(name) ? only(value, mentions) : value]))
}

/** The rules that speak about an action on fleets, what of the context they read, and how they were parsed for what it said. */
type Speaking = {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly paths: readonly (readonly string[])[]
  readonly parsed: Map<string, Applicable>
}

/** Truths, names and empty sets come in few combinations. Should there ever be more, whatever comes then is given as it is. */
const COMBINATIONS_MAX = 64

const preparedFor = ({ name: about, rules, paths, parsed }: Speaking, context: Context): Applicable => {
  const literals = parsed.size < COMBINATIONS_MAX ? literalsAt(context, paths) : []
  const name = `${about} ${JSON.stringify(literals)}`
  const found = parsed.get(name)
  if (found) return found
  const known = new Map(literals.flatMap((literal, at) => (literal === null ? [] : [[paths[at]?.join('.') ?? '', literal]])))
  const left = rules.flatMap(({ id, json }) => {
    const policy = withKnown(json, known)
    return policy === null ? [] : [{ id, json: policy }]
  })
  const made = prepared(name, left)
  parsed.set(name, made)
  return made
}

/**
 * Pares questions down to what these rules can tell apart. Rules are parsed once for each action, fleet that has rules of its own, and
 * combination of what is known of the context.
 */
export const openApplicable = (version: string, rules: readonly Rule[], actions: ActionRules) => {
  const bounds = rules.map(rule => ({ ...rule, bound: boundOf(rule.json.resource), actions: entitiesOf(rule.json.action) }))
  const ruled = new Set(bounds.flatMap(({ bound }) => (bound?.type === 'Fleet' ? [bound.id] : [])))
  const known = new Map<string, Speaking>()

  const speakingAbout = (action: string, fleets: readonly string[]): Speaking => {
    const name = [version, action, ...fleets].join(' ')
    const found = known.get(name)
    if (found) return found
    const groups = actions.groupsOf(action)
    const speaking = bounds.filter(
      ({ bound, actions: about }) =>
        (about === null || about.some(({ id }) => groups.has(id))) && (bound?.type !== 'Fleet' || fleets.includes(bound.id)),
    )
    const paths = new Set(speaking.flatMap(({ json }) => pathsIn(json.conditions)))
    const made = { name, rules: speaking, paths: Array.from(paths, path => path.split('.')), parsed: new Map() }
    known.set(name, made)
    return made
  }

  /** The question as the engine is to be asked. */
  return (asked: Asked) => {
    const fleets = fleetsOf(asked).filter(fleet => ruled.has(fleet))
    const applicable = preparedFor(speakingAbout(asked.action.id, fleets), asked.context)
    /* A condition that compares actions needs to know the groups that they are in. */
    const groups = applicable.readsAction ? [actions.entityOf(asked.action.id)] : []
    const told = applicable.tallyIsRecord ? withRecord(asked) : asked
    const entities = [...told.entities.flatMap(entity => paredEntity(entity, applicable) ?? []), ...groups]
    return { ...asked, context: paredContext(told.context, applicable), entities, preparsedPolicySetId: applicable.name }
  }
}
