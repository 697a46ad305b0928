import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showFleet } from './show-fleet.ts'

export const handler = wired(() => servePerson('show-fleet', shape, question, people(), showFleet({ ...store(), policy, now })))
