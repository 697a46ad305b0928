import { servePerson } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { objects, workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { question, reviseChange, shape } from './revise-change.ts'

export const handler = wired(() =>
  servePerson(
    'revise-change',
    shape,
    question(store()),
    people(),
    reviseChange({ ...store(), ...around, policy, objects: objects(), workflow: workflow() }),
  ),
)
