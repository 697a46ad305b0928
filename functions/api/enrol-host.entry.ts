import { serveAnyone } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { signingKey } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { enrolHost, shape } from './enrol-host.ts'

export const handler = wired(() => serveAnyone('enrol-host', shape, around, enrolHost({ ...store(), policy, signingKey: signingKey() })))
