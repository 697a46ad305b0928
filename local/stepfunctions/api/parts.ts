import type { Arns } from '../arn.ts'
import type { Engine } from '../engine/engine.ts'
import type { Query } from '../query/query.ts'
import type { Executions } from '../storage/executions.ts'
import type { Machines } from '../storage/machines.ts'
import type { Tokens } from '../tokens.ts'

/** What the operations work with. */
export type Parts = {
  readonly engine: Engine
  readonly executions: Executions
  readonly machines: Machines
  readonly tokens: Tokens
  readonly query: Query
  readonly arns: Arns
  readonly now: () => number
}
