import type { PassState, SucceedState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import { leave } from '../engine/leave.ts'
import type { Visit } from '../engine/visit.ts'

/** Pass and Succeed do the same: they make their output; Succeed has no next state. */
export const pass = async (visit: Visit<PassState | SucceedState>): Promise<void> => {
  const left = await leave(visit, { carrier: visit.state, extra: {}, fallback: visit.frame.input })
  if (!left.ok) await fail(visit, left.failure)
}
