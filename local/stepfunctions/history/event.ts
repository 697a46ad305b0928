/** One event of an execution's history, in the service's words. Details are kept under the member name that the API uses for the type. */
import type { JsonObject } from '../json.ts'

export type HistoryEvent = {
  readonly id: number
  readonly previous: number
  readonly type: string
  /** Epoch ms. */
  readonly at: number
  readonly details: JsonObject
  /** Hash of the task token that stands, hashed, in the details. */
  readonly tokenHash: string | undefined
}

/** A standard execution's history ends here: the service fails the execution with its last event. */
export const historyEventsMax = 25_000

const untruncated = { truncated: false }

export const details = {
  executionStarted: (input: string, roleArn: string): JsonObject => ({
    executionStartedEventDetails: { input, inputDetails: untruncated, roleArn },
  }),
  executionSucceeded: (output: string): JsonObject => ({ executionSucceededEventDetails: { output, outputDetails: untruncated } }),
  entered: (name: string, input: string): JsonObject => ({ stateEnteredEventDetails: { name, input, inputDetails: untruncated } }),
  exited: (name: string, output: string, assigned: ReadonlyMap<string, string>): JsonObject => ({
    stateExitedEventDetails: {
      name,
      output,
      outputDetails: untruncated,
      ...(assigned.size === 0 ? {} : { assignedVariables: Object.fromEntries(assigned), assignedVariablesDetails: untruncated }),
    },
  }),
  iteration: (outcome: 'Started' | 'Succeeded' | 'Failed' | 'Aborted', name: string, index: number): JsonObject => ({
    [`mapIteration${outcome}EventDetails`]: { name, index },
  }),
  mapStarted: (length: number): JsonObject => ({ mapStateStartedEventDetails: { length } }),
  evaluationFailed: (state: string, error: string, cause: string, location: string | undefined): JsonObject => ({
    evaluationFailedEventDetails: { error, cause, ...(location === undefined ? {} : { location }), state },
  }),
}

/** An error and its cause; either may be absent, and then is not shown. */
export const reason = (error: string | undefined, cause: string | undefined): JsonObject => ({
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
})
