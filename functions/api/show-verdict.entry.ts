import { servePerson } from '../http/serve.ts'
import { changes } from '../wiring/changes.ts'
import { wired } from '../wiring/environment.ts'
import { knowledge } from '../wiring/knowledge.ts'
import { people } from '../wiring/people.ts'
import { objects } from '../wiring/services.ts'
import { question, shape, showVerdict } from './show-verdict.ts'

export const handler = wired(() =>
  servePerson(
    'show-verdict',
    shape,
    question,
    people(),
    showVerdict({ ledger: changes(), catalog: knowledge().catalog, objects: objects() }),
  ),
)
