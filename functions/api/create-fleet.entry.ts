import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { createFleet, question, shape } from './create-fleet.ts'

export const handler = wired(() => servePerson('create-fleet', shape, question, people(), createFleet(store())))
