import type { PersonSurroundings } from '../http/serve.ts'
import { around } from './around.ts'
import { policy } from './policy.ts'
import { store } from './store.ts'

/** What every operation for people is surrounded with. */
export const people = (): PersonSurroundings => ({ ...around, authorize: policy.authorize, idempotency: () => store().idempotency })
