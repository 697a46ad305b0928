import { servePerson } from '../http/serve.ts'
import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { policy } from '../wiring/policy.ts'
import { objects, signingKey } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { extendHold, question, shape } from './extend-hold.ts'

export const handler = wired(() => {
  const { holds, fleets } = store()
  const ports = { holds, fleets, objects: objects(), signingKey: signingKey(), policy, now }
  return servePerson('extend-hold', shape, question(store()), people(), extendHold(ports))
})
