import { servePerson } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { publishing } from '../wiring/publishing.ts'
import { workflow } from '../wiring/services.ts'

import { placeHold, question, shape } from './place-hold.ts'

export const handler = wired(() =>
  servePerson('place-hold', shape, question, people(), placeHold({ ...publishing(), ...around, policy, workflow: workflow() })),
)
