import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { Route } from '../rollout/index.ts'
import { FINDING_CODES } from '../verdict/index.ts'
import { pathOf } from './context-path.ts'
import { CONSENT } from './foreign-livepatches.ts'
import { HOLD_SCOPES } from './hold.ts'
import { isObject } from './is-object.ts'
import { DECISIONS, EDIT_DECISIONS } from './request.ts'

/** What an attribute of the context can hold, where that is known for good. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  decision: [...DECISIONS, ...EDIT_DECISIONS],
  command: ['pause', 'resume', 'abort'],
  held: HOLD_SCOPES,
  'verdict.outcome': ['block', 'review', 'note', 'clear'],
  'verdict.block': FINDING_CODES,
  'verdict.review': FINDING_CODES,
  route: Route.options,
  'approvals.signedOff': [...FINDING_CODES, CONSENT],
}

const literalsOf = (node: unknown): readonly string[] => {
  if (!isObject(node)) return []
  if (typeof node['Value'] === 'string') return [node['Value']]
  return Array.isArray(node['Set']) ? node['Set'].flatMap(literalsOf) : []
}

/** What an attribute is compared with, or looked for in it. */
const comparisons = (node: unknown): readonly (readonly [path: string, value: string])[] => {
  if (!isObject(node)) return []
  return Object.entries(node).flatMap(([operator, operands]) => {
    const found = comparisons(operands)
    if (!['==', '!=', 'contains', 'containsAny', 'containsAll'].includes(operator) || !isObject(operands)) return found
    const sides = [operands['left'], operands['right']] as const
    const path = pathOf(sides[0]) ?? pathOf(sides[1])
    return path === null ? found : [...found, ...sides.flatMap(literalsOf).map(value => [path, value] as const)]
  })
}

/** Values that a policy looks for and that can never be there, a sentence each: slips of the pen that no type finds. */
export const impossibleValues = ({ conditions }: PolicyJson): readonly string[] =>
  comparisons(conditions)
    .filter(([path, value]) => VALUES[path]?.includes(value) === false)
    .map(([path, value]) => `context.${path} never holds ${JSON.stringify(value)}; there are ${VALUES[path]?.join(', ')}`)
