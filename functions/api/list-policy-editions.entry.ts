import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policies } from '../wiring/policies.ts'
import { listPolicyEditions, question, shape } from './list-policy-editions.ts'

export const handler = wired(() =>
  servePerson('list-policy-editions', shape, question, people(), listPolicyEditions({ policies: policies() })),
)
