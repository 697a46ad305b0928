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
  /** Id of who submitted the livepatch; left out where nobody knows. */
  readonly builder?: string | undefined
  /** `passes` names policies that can be passed (the caller looks them up). */
  readonly breakGlass?: BreakGlass | undefined
}

export const propose = (change: Change | null, { by, builder = by.id, breakGlass, ...command }: Propose): Outcome => {
  if (change !== null) return refuse('exists')
  if (command.reason.trim() === '') return refuse('reason-missing')
  return accept({
    type: 'proposed',
    ...command,
    proposer: by,
    ...(builder === by.id ? {} : { builder }),
    ...(breakGlass === undefined ? {} : { breakGlass }),
  })
}
