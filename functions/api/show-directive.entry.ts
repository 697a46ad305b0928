import { serveHost } from '../http/serve.ts'
import { around, now } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { signingKey } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { shape, showDirective } from './show-directive.ts'

export const handler = wired(() => serveHost('show-directive', shape, around, showDirective({ ...store(), signingKey: signingKey(), now })))
