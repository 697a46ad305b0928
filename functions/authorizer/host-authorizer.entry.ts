import { now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { store } from '../wiring/store.ts'
import { authorizeHost } from './host-authorizer.ts'

export const handler = wired(() => authorizeHost({ ...store(), now }))
