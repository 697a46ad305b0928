import type { PersonSurroundings } from '../http/serve.ts'
import { around } from './around.ts'
import { idempotency } from './idempotency.ts'
import { policy } from './policy.ts'

/** What every operation for people is surrounded with. */
export const people = (): PersonSurroundings => ({ ...around, policy, idempotency })
