import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { listHistory, question, shape } from './list-history.ts'

export const handler = wired(() => servePerson('list-history', shape, question, people(), listHistory(store())))
