import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { listChanges, question, shape } from './list-changes.ts'

export const handler = wired(() => servePerson('list-changes', shape, question, people(), listChanges({ ...store(), now })))
