import type { ChoiceState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import { leave } from '../engine/leave.ts'
import { evaluate, failureIn, unexpected, type Visit } from '../engine/visit.ts'

/* What the language's specification calls States.NoChoiceMatched, the service reports as States.Runtime with this sentence. */
const noNext = 'Failed to transition out of the state. The state does not point to a next state.'

/** The first rule whose condition is true; otherwise the default, whose Assign and Output are those of the state itself. */
export const choice = async (visit: Visit<ChoiceState>): Promise<void> => {
  const { state, frame } = visit
  for (const rule of state.rules) {
    const location = `${rule.at}Condition`
    const evaluated = await evaluate(visit, [{ location, template: rule.condition }])
    if (!evaluated.ok) return fail(visit, evaluated.failure)
    const [value] = evaluated.value
    if (typeof value !== 'boolean') return fail(visit, unexpected(visit, rule.condition, location, 'boolean', value ?? null).failure)
    if (!value) continue
    const left = await leave(visit, { carrier: rule, extra: {}, fallback: frame.input })
    return left.ok ? undefined : fail(visit, left.failure)
  }
  if (!state.hasDefault) return fail(visit, failureIn(visit, 'States.Runtime', noNext, 'always'))
  const left = await leave(visit, { carrier: state, extra: {}, fallback: frame.input })
  return left.ok ? undefined : fail(visit, left.failure)
}
