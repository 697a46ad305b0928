import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { listHolds, question, shape } from './list-holds.ts'

export const handler = wired(() => servePerson('list-holds', shape, question, people(), listHolds({ ...store(), policy, now })))
