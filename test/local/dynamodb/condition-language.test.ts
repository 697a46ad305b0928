import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { bindCondition } from '../../../local/dynamodb/expression/bind-condition.ts'
import { evaluate } from '../../../local/dynamodb/expression/evaluate.ts'
import { parseCondition } from '../../../local/dynamodb/expression/parse-condition.ts'
import { Scope } from '../../../local/dynamodb/expression/scope.ts'
import type { Comparator } from '../../../local/dynamodb/expression/syntax.ts'

/* Conditions over numbers a, b, c (any of them may be absent) as a little language of our own, evaluated naively. */
type Formula =
  | { readonly is: 'compare'; readonly name: string; readonly comparator: Comparator; readonly value: number }
  | { readonly is: 'between'; readonly name: string; readonly low: number; readonly high: number }
  | { readonly is: 'in'; readonly name: string; readonly values: readonly number[] }
  | { readonly is: 'exists'; readonly name: string }
  | { readonly is: 'not'; readonly of: Formula }
  | { readonly is: 'and' | 'or'; readonly left: Formula; readonly right: Formula }

type Item = Readonly<Record<string, number>>

const comparators: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>=']
const name = fc.constantFrom('a', 'b', 'c')
const value = fc.integer({ min: 0, max: 3 })

const { formula } = fc.letrec<{ formula: Formula }>(tie => ({
  formula: fc.oneof(
    { depthSize: 'small' },
    fc.record({ is: fc.constant('compare' as const), name, comparator: fc.constantFrom(...comparators), value }),
    fc.record({ is: fc.constant('between' as const), name, low: value, high: value.map(high => high + 3) }),
    fc.record({ is: fc.constant('in' as const), name, values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ is: fc.constant('exists' as const), name }),
    fc.record({ is: fc.constant('not' as const), of: tie('formula') }),
    fc.record({ is: fc.constantFrom('and' as const, 'or' as const), left: tie('formula'), right: tie('formula') }),
  ),
}))

const compared = (left: number | undefined, comparator: Comparator, right: number): boolean => {
  if (left === undefined) return comparator === '<>'
  const holding: Record<Comparator, boolean> = {
    '=': left === right,
    '<>': left !== right,
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
  }
  return holding[comparator]
}

const holds = (part: Formula, item: Item): boolean => {
  switch (part.is) {
    case 'compare':
      return compared(item[part.name], part.comparator, part.value)
    case 'between':
      return compared(item[part.name], '>=', part.low) && compared(item[part.name], '<=', part.high)
    case 'in':
      return part.values.some(one => compared(item[part.name], '=', one))
    case 'exists':
      return item[part.name] !== undefined
    case 'not':
      return !holds(part.of, item)
    case 'and':
      return holds(part.left, item) && holds(part.right, item)
    case 'or':
      return holds(part.left, item) || holds(part.right, item)
  }
}

const strength = { or: 1, and: 2, not: 3, compare: 4, between: 4, in: 4, exists: 4 } as const

/** Written with no more parentheses than precedence asks for, so that the parser has to know it. */
const written = (part: Formula, around = 0): string => {
  const text = bare(part)
  return strength[part.is] < around ? `(${text})` : text
}

const bare = (part: Formula): string => {
  switch (part.is) {
    case 'compare':
      return `${part.name} ${part.comparator} :v${part.value}`
    case 'between':
      return `${part.name} BETWEEN :v${part.low} AND :v${part.high}`
    case 'in':
      return `${part.name} IN (${part.values.map(one => `:v${one}`).join(', ')})`
    case 'exists':
      return `attribute_exists(${part.name})`
    case 'not':
      return `NOT ${written(part.of, strength.not)}`
    case 'and':
      return `${written(part.left, strength.and)} AND ${written(part.right, strength.and)}`
    case 'or':
      return `${written(part.left, strength.or)} OR ${written(part.right, strength.or)}`
  }
}

const scope = () => new Scope({}, Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map(one => [`:v${one}`, { N: String(one) }])))
const numbers = (item: Item) => Object.fromEntries(Object.entries(item).map(([key, number]) => [key, { N: String(number) }]))

describe('a condition', () => {
  test('means what its naive reading means, however it nests', () => {
    const items = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] })
    fc.assert(
      fc.property(formula, items, (part, item) => {
        const condition = bindCondition(parseCondition(written(part)), scope())
        expect(evaluate(condition, numbers(item))).toBe(holds(part, item))
      }),
    )
  })

  test('may have 300 operators', () => {
    const negations = (count: number) => `${'NOT ('.repeat(count)}a = :v0${')'.repeat(count)}`
    expect(evaluate(bindCondition(parseCondition(negations(298)), scope()), { a: { N: '0' } })).toBe(true)
    expect(() => parseCondition(negations(300))).toThrow('The expression contains too many operators; operator count: 301')
  })

  test('is refused, and not run out of stack on, when its parentheses go too deep', () => {
    expect(() => parseCondition('('.repeat(4096))).toThrow('The expression is nested too deeply')
  })
})
