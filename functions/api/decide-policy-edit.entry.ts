import { servePerson } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policies } from '../wiring/policies.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { decidePolicyEdit, question, shape } from './decide-policy-edit.ts'

export const handler = wired(() =>
  servePerson(
    'decide-policy-edit',
    shape,
    question({ policies: policies() }),
    people(),
    decidePolicyEdit({ ...around, ledger: store().ledger, policies: policies(), policy }),
  ),
)
