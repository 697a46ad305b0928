import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policies } from '../wiring/policies.ts'
import { listPolicyEdits, question, shape } from './list-policy-edits.ts'

export const handler = wired(() => servePerson('list-policy-edits', shape, question, people(), listPolicyEdits({ policies: policies() })))
