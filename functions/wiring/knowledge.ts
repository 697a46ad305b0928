import { createKnowledge } from '../../shared/store/index.ts'
import { lazily } from './environment.ts'
import { storeOptions } from './store-options.ts'

/** In a file of its own, so that what only judges does not carry how changes are appended. */
export const knowledge = lazily(() => createKnowledge(storeOptions()))
