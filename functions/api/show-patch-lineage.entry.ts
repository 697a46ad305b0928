import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showPatchLineage } from './show-patch-lineage.ts'

export const handler = wired(() => servePerson('show-patch-lineage', shape, question, people(), showPatchLineage(store())))
