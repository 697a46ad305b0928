import type { Clause, Context, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { pathOf } from './context-path.ts'
import { isObject } from './is-object.ts'

/*
 * Most of what a question says is the same each time: nothing is frozen, nothing is held, the tier is "standard". Where that is known,
 * conditions are worked out as far as it goes, and a policy that can no longer be met has no say.
 *
 * The engine goes from left to right, and a policy in which something fails is told. So what stands behind something that may fail is
 * worked out only where that changes nothing: `x || false` is x, but `x && false` stays. Policies fit the schema, so conditions are
 * truths, and what they read is there.
 */

/** A truth, a name, or a set with nothing in it: what takes few values. */
type Literal = boolean | string | readonly []

/** Values of a context by their paths (context-path.ts). */
export type Known = ReadonlyMap<string, Literal>

const isEmptySet = (value: unknown): value is readonly [] => Array.isArray(value) && value.length === 0
const isLiteral = (value: unknown): value is Literal => typeof value === 'boolean' || typeof value === 'string' || isEmptySet(value)

/** What a context holds at each of these paths, where that is a literal; null where it is not. */
export const literalsAt = (context: Context, paths: readonly (readonly string[])[]): readonly (Literal | null)[] =>
  paths.map(names => {
    let value: unknown = context
    for (const name of names) value = isObject(value) ? value[name] : undefined
    return isLiteral(value) ? value : null
  })

const valueIn = (expr: Expr, known: Known): Literal | undefined => {
  const path = pathOf(expr)
  if (path !== null) return known.get(path)
  return 'Value' in expr && isLiteral(expr.Value) ? expr.Value : undefined
}

const truth = (value: boolean): Expr => ({ Value: value })
const isTruth = (expr: Expr, value: boolean): boolean => 'Value' in expr && expr.Value === value

/** `&&` and `||`: on the left `decisive` decides, on the right the other one changes nothing. */
const joined = (operator: '&&' | '||', left: Expr, rest: () => Expr): Expr => {
  const decisive = operator === '||'
  if (isTruth(left, decisive)) return left
  const right = rest()
  if (isTruth(left, !decisive)) return right
  if (isTruth(right, !decisive)) return left
  return operator === '&&' ? { '&&': { left, right } } : { '||': { left, right } }
}

type Sides = { readonly left: Expr; readonly right: Expr }

/** Whether two sides are the same, where both are known to be truths or names. */
const isSame = ({ left, right }: Sides, known: Known): boolean | undefined => {
  const [a, b] = [valueIn(left, known), valueIn(right, known)]
  return typeof a === typeof b && (typeof a === 'boolean' || typeof a === 'string') ? a === b : undefined
}

/** The names that a set consists of, where nothing else is written in it. */
const namesIn = (expr: Expr): readonly unknown[] | null =>
  'Set' in expr && Array.isArray(expr.Set) && expr.Set.every(item => 'Value' in item && typeof item.Value === 'string')
    ? expr.Set.map(item => ('Value' in item ? item.Value : null))
    : null

/** Whether a set holds a name, where both are known, or nothing is in the set. */
const holds = ({ left, right }: Sides, known: Known): boolean | undefined => {
  const [names, name] = [namesIn(left), valueIn(right, known)]
  if (names !== null && typeof name === 'string') return names.includes(name)
  return isEmptySet(valueIn(left, known)) && 'Value' in right ? false : undefined
}

/** What an expression comes to; undefined where that is not known. */
const comesTo = (expr: Expr, known: Known): boolean | undefined => {
  const value = valueIn(expr, known)
  if (typeof value === 'boolean') return value
  if ('==' in expr && !Array.isArray(expr['=='])) return isSame(expr['=='], known)
  if ('isEmpty' in expr && !Array.isArray(expr.isEmpty)) return isEmptySet(valueIn(expr.isEmpty.arg, known)) ? true : undefined
  if ('contains' in expr && !Array.isArray(expr.contains)) {
    return holds(expr.contains, known)
  }
  return undefined
}

const workedOut = (expr: Expr, known: Known): Expr => {
  if ('&&' in expr && !Array.isArray(expr['&&'])) {
    const { left, right } = expr['&&']
    return joined('&&', workedOut(left, known), () => workedOut(right, known))
  }
  if ('||' in expr && !Array.isArray(expr['||'])) {
    const { left, right } = expr['||']
    return joined('||', workedOut(left, known), () => workedOut(right, known))
  }
  if ('!' in expr && !Array.isArray(expr['!'])) {
    const arg = workedOut(expr['!'].arg, known)
    return 'Value' in arg ? truth(arg.Value === false) : { '!': { arg } }
  }
  const value = comesTo(expr, known)
  return value === undefined ? expr : truth(value)
}

/** A policy with its conditions worked out as far as they are known; null where it can no longer be met. */
export const withKnown = (policy: PolicyJson, known: Known): PolicyJson | null => {
  const conditions: Clause[] = []
  for (const { kind, body } of policy.conditions) {
    const worked = workedOut(body, known)
    if (isTruth(worked, kind === 'when')) continue
    if (isTruth(worked, kind === 'unless') && conditions.length === 0) return null
    conditions.push({ kind, body: worked })
  }
  return { ...policy, conditions }
}
