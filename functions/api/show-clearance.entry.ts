import { serveHost } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { store } from '../wiring/store.ts'
import { shape, showClearance } from './show-clearance.ts'

export const handler = wired(() => serveHost('show-clearance', shape, around, showClearance(store())))
