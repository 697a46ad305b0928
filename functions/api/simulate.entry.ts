import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { knowledge } from '../wiring/knowledge.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { objects } from '../wiring/services.ts'
import { question, shape, simulate } from './simulate.ts'

export const handler = wired(() =>
  servePerson('simulate', shape, question, people(), simulate({ ...knowledge(), policy, objects: objects() })),
)
