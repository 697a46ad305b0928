import type { AttributeValue } from '../values/attribute-value.ts'
import type { Comparator, Path } from './syntax.ts'

/* Expressions with their names and values filled in: ready to be evaluated, and checked for what can never hold. */

export type BoundOperand =
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'value'; readonly value: AttributeValue }
  | { readonly type: 'size'; readonly of: BoundOperand }

export type BoundCondition =
  | { readonly type: 'and' | 'or'; readonly left: BoundCondition; readonly right: BoundCondition }
  | { readonly type: 'not'; readonly condition: BoundCondition }
  | { readonly type: 'compare'; readonly comparator: Comparator; readonly left: BoundOperand; readonly right: BoundOperand }
  | { readonly type: 'between'; readonly of: BoundOperand; readonly low: BoundOperand; readonly high: BoundOperand }
  | { readonly type: 'in'; readonly of: BoundOperand; readonly list: readonly BoundOperand[] }
  | { readonly type: 'exists'; readonly path: Path; readonly negated: boolean }
  | { readonly type: 'attribute-type'; readonly of: BoundOperand; readonly name: string }
  | { readonly type: 'begins-with' | 'contains'; readonly of: BoundOperand; readonly argument: BoundOperand }

export type BoundOperandOfUpdate =
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'value'; readonly value: AttributeValue }
  | { readonly type: 'if-not-exists'; readonly path: Path; readonly fallback: BoundOperandOfUpdate }
  | { readonly type: 'list-append'; readonly left: BoundOperandOfUpdate; readonly right: BoundOperandOfUpdate }
  | { readonly type: 'sum'; readonly operator: '+' | '-'; readonly left: BoundOperandOfUpdate; readonly right: BoundOperandOfUpdate }

export type BoundAction =
  | { readonly type: 'SET'; readonly path: Path; readonly assigned: BoundOperandOfUpdate }
  | { readonly type: 'REMOVE'; readonly path: Path }
  | { readonly type: 'ADD' | 'DELETE'; readonly path: Path; readonly value: AttributeValue }
