/**
 * Step Functions on one machine: a durable interpreter of JSONata state machines, with the API calls that the SDK's client makes of it.
 *
 * Not supported, and refused when a state machine is created: JSONPath, distributed Map states, Express workflows, every integration except
 * lambda:invoke (with and without .waitForTaskToken) and functions named by their ARN.
 */

import { handleWith } from './api/handle.ts'
import { arnsOf } from './arn.ts'
import type { Timer } from './engine/alarm.ts'
import type { Invoke } from './engine/call.ts'
import { createEngine } from './engine/engine.ts'
import { openQuery } from './query/query.ts'
import { openDatabase } from './storage/database.ts'
import { executionsIn } from './storage/executions.ts'
import { machinesIn } from './storage/machines.ts'
import { openTokens } from './tokens.ts'

export type { Invoke, InvokeRequest } from './engine/call.ts'

export type StepFunctionsOptions = {
  /** Path of a SQLite file (a key for task tokens is kept beside it, `FILE.key`), or `:memory:`. */
  readonly file: string
  /** Epoch ms. */
  readonly now: () => number
  /** Calls `wake` once, after the delay, unless cancelled. */
  readonly timer: Timer
  readonly invoke: Invoke
  readonly region?: string
  readonly account?: string
}

export type StepFunctions = {
  /** `target` as in the `X-Amz-Target` header. An error of the API has status 400, and `__type` and `message` in its body. */
  readonly handle: (target: string, body: unknown) => Promise<{ status: number; body: unknown }>
  /** After a start: goes on with every execution that was running when the file was last closed, or its process killed. */
  readonly resume: () => Promise<void>
  /** Resolves once nothing moves without the clock, an answer of a function, or a call of the API; says whether something did. */
  readonly idle: () => Promise<boolean>
  readonly close: () => void
}

export const openStepFunctions = (options: StepFunctionsOptions): StepFunctions => {
  const { file, now, timer, invoke, region = 'us-east-1', account = '000000000000' } = options
  const database = openDatabase(file)
  const executions = executionsIn(database)
  const machines = machinesIn(database)
  const tokens = openTokens(file)
  const query = openQuery()
  const engine = createEngine({ database, executions, machines, tokens, query, now, timer, invoke, region })
  return {
    handle: handleWith({ engine, executions, machines, tokens, query, now, arns: arnsOf(region, account) }),
    resume: async () => engine.resume(),
    idle: engine.idle,
    close: () => {
      engine.close()
      query.close()
      database.close()
    },
  }
}
