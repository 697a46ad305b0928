import { createKeptAnswers } from '../../shared/store/index.ts'
import { lazily } from './environment.ts'
import { storeOptions } from './store-options.ts'

export const keptAnswers = lazily(() => createKeptAnswers(storeOptions()))
