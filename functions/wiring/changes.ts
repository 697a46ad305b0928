import { createChangeReader } from '../../shared/store/index.ts'
import { lazily } from './environment.ts'
import { storeOptions } from './store-options.ts'

/** In a file of its own, so that what only looks at changes does not carry how they are appended. */
export const changes = lazily(() => createChangeReader(storeOptions()))
