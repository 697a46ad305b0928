import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showPolicies } from './show-policies.ts'

export const handler = wired(() => servePerson('show-policies', shape, question, people(), showPolicies({ ...store(), policy })))
