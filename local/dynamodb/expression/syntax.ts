/*
 * Expressions as their text says them: #names and :values are still unresolved, so that a parsed expression can be
 * kept and used again with other names and values.
 */

/** A step into a document: an attribute's name, a `#name` that stands for one, or a list index. */
export type Step = string | number
export type Path = readonly Step[]

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Operand =
  | { readonly type: 'path'; readonly path: Path }
  | { readonly type: 'value'; readonly name: string }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Operand[] }

export type Condition =
  | { readonly type: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly type: 'not'; readonly condition: Condition }
  | { readonly type: 'compare'; readonly comparator: Comparator; readonly args: readonly [Operand, Operand] }
  | { readonly type: 'between'; readonly args: readonly [Operand, Operand, Operand] }
  | { readonly type: 'in'; readonly args: readonly [Operand, ...Operand[]] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Operand[] }

/** What a `SET` assigns. */
export type Assigned = Operand | { readonly type: 'sum'; readonly operator: '+' | '-'; readonly args: readonly [Operand, Operand] }

export type Action =
  | { readonly type: 'SET'; readonly path: Path; readonly assigned: Assigned }
  | { readonly type: 'REMOVE'; readonly path: Path }
  | { readonly type: 'ADD' | 'DELETE'; readonly path: Path; readonly value: string }

/** `[a, [0], b]`: a path, its names resolved, as the service quotes it. */
export const quotedPath = (path: Path): string => `[${path.map(step => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`
