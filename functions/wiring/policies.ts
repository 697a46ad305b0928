import { createPolicyStore, guardPolicyStore } from '../../shared/store/index.ts'
import { lazily } from './environment.ts'
import { storeOptions } from './store-options.ts'

/** In a file of its own, so that only those carry it who edit policies or show their edits. */
export const policies = lazily(() => guardPolicyStore(createPolicyStore(storeOptions())))
