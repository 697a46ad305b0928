import { createStore, guardStore } from '../../shared/store/index.ts'
import { lazily } from './environment.ts'
import { storeOptions } from './store-options.ts'

export const store = lazily(() => guardStore(createStore(storeOptions())))
