import type { Query } from '../query/query.ts'
import type { Database } from '../storage/database.ts'
import type { Executions } from '../storage/executions.ts'
import type { Machines } from '../storage/machines.ts'
import type { Tokens } from '../tokens.ts'
import type { Timer } from './alarm.ts'
import type { Invoke } from './call.ts'

/** What the engine works with; the clock, the timers and the functions are the caller's. */
export type EngineParts = {
  readonly database: Database
  readonly executions: Executions
  readonly machines: Machines
  readonly tokens: Tokens
  readonly query: Query
  readonly now: () => number
  readonly timer: Timer
  readonly invoke: Invoke
  readonly region: string
}
