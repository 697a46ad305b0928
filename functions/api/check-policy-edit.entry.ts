import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { checkPolicyEdit, question, shape } from './check-policy-edit.ts'

export const handler = wired(() =>
  servePerson('check-policy-edit', shape, question, people(), checkPolicyEdit({ ...store(), policy, now })),
)
