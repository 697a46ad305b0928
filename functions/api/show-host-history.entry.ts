import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showHostHistory } from './show-host-history.ts'

export const handler = wired(() => servePerson('show-host-history', shape, question, people(), showHostHistory(store())))
