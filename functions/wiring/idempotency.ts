import { createIdempotency } from '../../shared/store/index.ts'
import { lazily } from './environment.ts'
import { storeOptions } from './store-options.ts'

/** In a file of its own: every operation for people is surrounded with it, and many touch nothing else of the ledger. */
export const idempotency = lazily(() => createIdempotency(storeOptions()))
