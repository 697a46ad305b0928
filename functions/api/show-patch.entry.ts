import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showPatch } from './show-patch.ts'

export const handler = wired(() => servePerson('show-patch', shape, question, people(), showPatch({ ...store(), now })))
