import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { listHosts, question, shape } from './list-hosts.ts'

export const handler = wired(() => servePerson('list-hosts', shape, question, people(), listHosts(store())))
