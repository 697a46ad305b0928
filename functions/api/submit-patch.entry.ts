import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { objects } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { question, shape, submitPatch } from './submit-patch.ts'

export const handler = wired(() => servePerson('submit-patch', shape, question, people(), submitPatch({ ...store(), objects: objects() })))
