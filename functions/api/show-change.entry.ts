import { servePerson } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { question, shape, showChange } from './show-change.ts'

export const handler = wired(() => servePerson('show-change', shape, question, people(), showChange({ ...store(), ...around, policy })))
