import { keptWithCommit } from '../http/kept-with-commit.ts'
import { servePerson } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { keptAnswers } from '../wiring/kept-answers.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { approveChange, question, shape } from './approve-change.ts'

export const handler = wired(() =>
  servePerson(
    'approve-change',
    shape,
    question({ ...store(), ...around }),
    { ...people(), oneCommit: keptWithCommit(keptAnswers) },
    approveChange({ ...store(), ...around, policy, workflow: workflow() }),
  ),
)
