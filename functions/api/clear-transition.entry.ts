import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { signingKey } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { clearTransition, question, shape } from './clear-transition.ts'

export const handler = wired(() =>
  servePerson('clear-transition', shape, question(store()), people(), clearTransition({ ...store(), signingKey: signingKey(), now })),
)
