import document from '../../docs/openapi.json' with { type: 'json' }
import { type Outcome, ok } from '../http/answer.ts'
import { noBody, nothing } from '../http/request-shape.ts'

export const shape = { path: nothing, query: nothing, body: noBody }

export const showOpenapi = () => async (): Promise<Outcome> => ok(document)
