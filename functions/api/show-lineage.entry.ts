import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showLineage } from './show-lineage.ts'

export const handler = wired(() => servePerson('show-lineage', shape, question, people(), showLineage(store())))
