import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { listFleets, question, shape } from './list-fleets.ts'

export const handler = wired(() => servePerson('list-fleets', shape, question, people(), listFleets({ ...store(), now })))
