/** A state machine as the interpreter walks it: only what `validate` admits, so JSONata everywhere. `undefined` is an absent field. */
import type { Json, JsonObject } from '../json.ts'

/** A JSON value whose strings of the form `{% … %}` are expressions. */
export type Template = Json

export type Retrier = {
  readonly errorEquals: readonly string[]
  readonly intervalSeconds: number
  readonly maxAttempts: number
  readonly backoffRate: number
  readonly maxDelaySeconds: number | undefined
  readonly jitter: 'FULL' | 'NONE'
}

/** What may stand on a state, a Choice rule or a catcher: where to go, and what to keep. */
export type Carrier = {
  /** Where the carrier stands inside its state, for error messages: '' or 'Catch[0]/'. */
  readonly at: string
  readonly assign: JsonObject | undefined
  readonly output: Template | undefined
  /** undefined: the end. */
  readonly next: string | undefined
}

export type Catcher = Carrier & { readonly errorEquals: readonly string[] }
export type ChoiceRule = Carrier & { readonly condition: Template }

type Named = { readonly name: string }
type Failing = { readonly retry: readonly Retrier[]; readonly catchers: readonly Catcher[] }

export type Resource =
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'invoke'; readonly arn: string; readonly waitForTaskToken: boolean }

export type PassState = Named & Carrier & { readonly type: 'Pass' }
export type TaskState = Named &
  Carrier &
  Failing & {
    readonly type: 'Task'
    readonly resource: Resource
    readonly arguments: Template | undefined
    readonly timeoutSeconds: Template | undefined
    readonly heartbeatSeconds: Template | undefined
    readonly credentials: Template | undefined
  }
export type ChoiceState = Named & Carrier & { readonly type: 'Choice'; readonly rules: readonly ChoiceRule[]; readonly hasDefault: boolean }
export type WaitState = Named &
  Carrier & { readonly type: 'Wait'; readonly seconds: Template | undefined; readonly timestamp: Template | undefined }
export type SucceedState = Named & Carrier & { readonly type: 'Succeed' }
export type FailState = Named & { readonly type: 'Fail'; readonly error: Template | undefined; readonly cause: Template | undefined }
export type ParallelState = Named &
  Carrier &
  Failing & { readonly type: 'Parallel'; readonly arguments: Template | undefined; readonly branches: readonly Scope[] }
export type MapState = Named &
  Carrier &
  Failing & {
    readonly type: 'Map'
    readonly items: Template | undefined
    readonly itemSelector: Template | undefined
    readonly maxConcurrency: Template | undefined
    readonly toleratedFailureCount: Template | undefined
    readonly toleratedFailurePercentage: Template | undefined
    readonly processor: Scope
  }

export type State = PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState

/** States that see each other: a state machine, a branch, an item processor. */
export type Scope = { readonly startAt: string; readonly states: ReadonlyMap<string, State> }
export type Definition = Scope & { readonly timeoutSeconds: number | undefined }

/** The source of an expression, or undefined for a literal. Only a string that is wholly `{% … %}` is one. */
export const expressionIn = (value: Template): string | undefined =>
  typeof value === 'string' && value.length >= 4 && value.startsWith('{%') && value.endsWith('%}') ? value.slice(2, -2).trim() : undefined
