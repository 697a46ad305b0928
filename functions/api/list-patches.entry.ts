import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { listPatches, question, shape } from './list-patches.ts'

export const handler = wired(() => servePerson('list-patches', shape, question, people(), listPatches({ ...store(), now })))
