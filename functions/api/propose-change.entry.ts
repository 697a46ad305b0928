import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { proposeChange, question, shape } from './propose-change.ts'

export const handler = wired(() =>
  servePerson('propose-change', shape, question, people(), proposeChange({ ...store(), now, policy, workflow: workflow() })),
)
