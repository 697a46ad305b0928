import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { objects } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showVerdict } from './show-verdict.ts'

export const handler = wired(() => servePerson('show-verdict', shape, question, people(), showVerdict({ ...store(), objects: objects() })))
