import type { ParallelState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import { startBranches } from '../engine/nest.ts'
import { evaluate, type Visit } from '../engine/visit.ts'

export const parallel = async (visit: Visit<ParallelState>): Promise<void> => {
  const evaluated = await evaluate(visit, [{ location: 'Arguments', template: visit.state.arguments }])
  if (!evaluated.ok) return fail(visit, evaluated.failure)
  const [made] = evaluated.value
  startBranches(visit, made === undefined ? visit.frame.input : JSON.stringify(made))
}
