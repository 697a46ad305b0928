import type { Plan } from '../rollout/index.ts'
import type { BreakGlass, Change, Person } from './change.ts'
import { accept, type Outcome, refuse } from './outcome.ts'

/** `plan` is complete and sound (shared/policy's planOf); `id` is a fresh ULID. */
export type Propose = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly plan: Plan
  readonly reason: string
  readonly by: Person
  /** `passes` names policies that can be passed (the caller looks them up). */
  readonly breakGlass?: BreakGlass | undefined
}

export const propose = (change: Change | null, { by, breakGlass, ...command }: Propose): Outcome => {
  if (change !== null) return refuse('exists')
  if (command.reason.trim() === '') return refuse('reason-missing')
  return accept({ type: 'proposed', ...command, proposer: by, ...(breakGlass === undefined ? {} : { breakGlass }) })
}
