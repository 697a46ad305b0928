import type { PolicyJson, PrincipalConstraint, ResourceConstraint } from '@cedar-policy/cedar-wasm/nodejs'
import { canonicalJson } from '../canonical/index.ts'
import { isObject } from './is-object.ts'
import { entitiesOf } from './policy-scope.ts'
import type { ActionRules } from './schema-actions.ts'

type Rule = { readonly id: string; readonly file: string; readonly json: PolicyJson }

const isNode = (value: unknown): value is Readonly<Record<string, unknown>> => isObject(value) && !Array.isArray(value)

/** Operators whose operands may change places. */
const SYMMETRIC = ['==', '!=', '&&', '||']

/** A condition with its operands in one order, as a text: equal texts mean the same. */
const meaning = (node: unknown): string => {
  if (Array.isArray(node)) return `[${node.map(meaning).join()}]`
  if (!isNode(node)) return canonicalJson(node)
  return `{${Object.entries(node)
    .map(([operator, operands]) => {
      if (SYMMETRIC.includes(operator) && isNode(operands))
        return `${operator}:${[meaning(operands['left']), meaning(operands['right'])].sort().join()}`
      if (operator === 'Set' && Array.isArray(operands)) return `Set:${[...new Set(operands.map(meaning))].sort().join()}`
      return `${operator}:${meaning(operands)}`
    })
    .sort()
    .join()}}`
}

const conjuncts = (node: unknown): readonly string[] => {
  const both = isNode(node) ? node['&&'] : undefined
  return isNode(both) ? [...conjuncts(both['left']), ...conjuncts(both['right'])] : [meaning(node)]
}

/** What all has to hold for a policy to apply, beside its head. */
const conditionsOf = ({ conditions }: PolicyJson): ReadonlySet<string> =>
  new Set(conditions.flatMap(({ kind, body }) => (kind === 'when' ? conjuncts(body) : [`not ${meaning(body)}`])))

const isWithin = (inner: PrincipalConstraint | ResourceConstraint, outer: PrincipalConstraint | ResourceConstraint): boolean =>
  outer.op === 'All' || canonicalJson(inner) === canonicalJson(outer)

const actsWithin = (inner: PolicyJson, outer: PolicyJson, { groupsOf }: ActionRules): boolean => {
  const [narrow, wide] = [entitiesOf(inner.action), entitiesOf(outer.action)]
  if (wide === null) return true
  const names = wide.map(({ id }) => id)
  return narrow?.every(({ id }) => [...groupsOf(id)].some(group => names.includes(group))) ?? false
}

/** Whether a policy applies wherever another does. */
const covers = (outer: PolicyJson, inner: PolicyJson, actions: ActionRules): boolean => {
  if (!isWithin(inner.principal, outer.principal) || !isWithin(inner.resource, outer.resource) || !actsWithin(inner, outer, actions))
    return false
  const [needed, given] = [conditionsOf(outer), conditionsOf(inner)]
  return [...needed].every(condition => given.has(condition))
}

/**
 * Policies that decide nothing, because another one of the same effect applies wherever they do, or because whatever they permit is
 * forbidden; a sentence each, with file and id. Found by their heads and conditions as they are written, so that not every one is found.
 */
export const idlePolicies = (rules: readonly Rule[], actions: ActionRules): readonly string[] =>
  rules.flatMap(({ id, file, json }, index) => {
    const over = rules.find((other, at) => {
      if (at === index || !covers(other.json, json, actions)) return false
      if (other.json.effect !== json.effect) return json.effect === 'permit'
      /* Of two that mean the same, the later one is told. */
      return at < index || !covers(json, other.json, actions)
    })
    if (!over) return []
    const why =
      over.json.effect === json.effect
        ? `${over.id} (${over.file}) applies wherever it does`
        : `${over.id} (${over.file}) forbids all of it`
    return [`${file}: ${id}: ${why}`]
  })
