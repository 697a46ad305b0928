import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { pathOf } from './context-path.ts'
import { isObject } from './is-object.ts'

type Operator = '==' | '<' | '<=' | '>' | '>='
type Comparison = { readonly path: string; readonly operator: Operator; readonly value: string | number }

/** What numbers of the context can be, where that is known for good: the least and the most. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'plan.firstShare': [1, 10_000],
  'plan.waves': [1, Number.MAX_SAFE_INTEGER],
  'plan.soakSeconds': [0, Number.MAX_SAFE_INTEGER],
  'approvals.people': [0, Number.MAX_SAFE_INTEGER],
  'approvals.changesRequested': [0, Number.MAX_SAFE_INTEGER],
}
const ANY = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const

/** The same comparison with its sides changed, and its opposite. */
const TURNED = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const
const OPPOSITE = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const
const OPERATORS = ['==', '<', '<=', '>', '>='] as const

const literalOf = (node: unknown): string | number | null => {
  const value = isObject(node) ? node['Value'] : null
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

const comparisonIn = (node: Readonly<Record<string, unknown>>): Comparison | null => {
  const operator = OPERATORS.find(known => known in node)
  const sides = operator && node[operator]
  if (operator === undefined || !isObject(sides)) return null
  const [left, right] = [pathOf(sides['left']), pathOf(sides['right'])]
  const value = literalOf(left === null ? sides['left'] : sides['right'])
  const path = left ?? right
  return path === null || value === null ? null : { path, operator: left === null ? TURNED[operator] : operator, value }
}

/** Comparisons that all have to hold where a condition holds. */
const held = (node: unknown): readonly Comparison[] => {
  if (!isObject(node)) return []
  const both = node['&&']
  if (isObject(both)) return [...held(both['left']), ...held(both['right'])]
  const found = comparisonIn(node)
  return found === null ? [] : [found]
}

/** Comparisons that all have to hold where a condition does not. */
const heldWithout = (node: unknown): readonly Comparison[] => {
  if (!isObject(node)) return []
  const either = node['||']
  if (isObject(either)) return [...heldWithout(either['left']), ...heldWithout(either['right'])]
  const found = comparisonIn(node)
  return found === null || found.operator === '==' ? [] : [{ ...found, operator: OPPOSITE[found.operator] }]
}

const narrowed = ([least, most]: readonly [number, number], { operator, value }: Comparison): readonly [number, number] => {
  if (typeof value !== 'number') return [least, most]
  switch (operator) {
    case '==':
      return [Math.max(least, value), Math.min(most, value)]
    case '<':
      return [least, Math.min(most, value - 1)]
    case '<=':
      return [least, Math.min(most, value)]
    case '>':
      return [Math.max(least, value + 1), most]
    case '>=':
      return [Math.max(least, value), most]
  }
}

const isMet = (path: string, all: readonly Comparison[]): boolean => {
  const [least, most] = all.reduce(narrowed, BOUNDS[path] ?? ANY)
  const names = new Set(all.flatMap(({ operator, value }) => (operator === '==' && typeof value === 'string' ? [value] : [])))
  return least <= most && names.size <= 1
}

/** What a policy's conditions ask for together and nothing can be, a sentence each; found where it is written plainly. */
export const contradictions = ({ conditions }: PolicyJson): readonly string[] => {
  const all = conditions.flatMap(({ kind, body }) => (kind === 'when' ? held(body) : heldWithout(body)))
  return [...Map.groupBy(all, ({ path }) => path)]
    .filter(([path, compared]) => !isMet(path, compared))
    .map(([path]) => {
      const [least, most] = BOUNDS[path] ?? ANY
      const bounds = BOUNDS[path] === undefined ? '' : `; it is ${most < ANY[1] ? `${least} to ${most}` : `${least} or more`}`
      return `no context.${path} meets all of its conditions${bounds}`
    })
}
