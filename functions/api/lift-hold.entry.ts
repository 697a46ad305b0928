import { servePerson } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { publishing } from '../wiring/publishing.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { liftHold, question, shape } from './lift-hold.ts'

export const handler = wired(() =>
  servePerson('lift-hold', shape, question(store()), people(), liftHold({ ...publishing(), ...around, policy, workflow: workflow() })),
)
