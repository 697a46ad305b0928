import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policies } from '../wiring/policies.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showPolicyEdit } from './show-policy-edit.ts'

export const handler = wired(() =>
  servePerson('show-policy-edit', shape, question, people(), showPolicyEdit({ ledger: store().ledger, policies: policies(), policy })),
)
