import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { knowledge } from '../wiring/knowledge.ts'
import { people } from '../wiring/people.ts'
import { policies } from '../wiring/policies.ts'
import { policy } from '../wiring/policy.ts'
import { proposePolicyEdit, question, shape } from './propose-policy-edit.ts'

export const handler = wired(() =>
  servePerson(
    'propose-policy-edit',
    shape,
    question,
    people(),
    proposePolicyEdit({ fleets: knowledge().fleets, policies: policies(), policy }),
  ),
)
