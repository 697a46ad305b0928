import { serveAnyone } from '../http/serve.ts'
import { around } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { shape, showOpenapi } from './show-openapi.ts'

export const handler = wired(() => serveAnyone('show-openapi', shape, around, showOpenapi()))
