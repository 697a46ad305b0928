import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showHost } from './show-host.ts'

export const handler = wired(() => servePerson('show-host', shape, question, people(), showHost({ ...store(), now })))
