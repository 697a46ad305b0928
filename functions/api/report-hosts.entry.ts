import { serveHost } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { reportHosts, shape } from './report-hosts.ts'

export const handler = wired(() =>
  serveHost('report-hosts', shape, around, reportHosts({ ...store(), ...around, policy, workflow: workflow() })),
)
