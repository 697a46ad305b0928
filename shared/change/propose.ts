import type { Plan } from '../rollout/index.ts'
import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse } from './outcome.ts'

/** `plan` is complete and sound (shared/policy's planOf); `id` is a fresh ULID. */
export type Propose = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly plan: Plan
  readonly reason: string
  readonly by: Person
}

export const propose = (change: Change | null, { by, ...command }: Propose): Outcome => {
  if (change !== null) return refuse('exists')
  if (command.reason.trim() === '') return refuse('reason-missing')
  return accept({ type: 'proposed', ...command, proposer: by })
}
