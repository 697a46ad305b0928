import * as z from 'zod'
import { type Audience, OPERATIONS, type Operation, type OperationId } from '../../shared/operations/index.ts'
import { PROBLEMS } from '../http/problem.ts'
import { REQUESTS } from './requests.ts'
import { RESPONSES } from './responses.ts'

type Schema = Readonly<Record<string, unknown>>

/** OpenAPI 3.1 takes JSON Schema as it is; only the dialect's name is said once for the whole document. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Schema => {
  const { $schema: _, '~standard': __, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

const membersOf = (schema: Schema): readonly (readonly [string, unknown, boolean])[] => {
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(Object(schema['properties'])).map(([name, member]) => [name, member, required.includes(name)])
}

const parametersOf = (id: OperationId, { idempotent, audience }: Operation): readonly unknown[] => {
  const { path, query } = REQUESTS[id]
  const header = (name: string, description: string, required: boolean) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  })
  return [
    ...membersOf(schemaOf(path, 'input')).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
    ...membersOf(schemaOf(query, 'input')).map(([name, schema, required]) => ({ name, in: 'query', required, schema })),
    ...(idempotent ? [header('Idempotency-Key', 'Made up for this request; the same one when it is repeated.', true)] : []),
    ...(id === 'control-change' ? [header('If-Match', 'The ETag of the change that was seen.', true)] : []),
    ...(audience === 'public' ? [] : [header('X-Correlation-Id', 'Comes back in the answer and stands in the log.', false)]),
  ]
}

const SECURITY: Readonly<Record<Audience, readonly Readonly<Record<string, readonly string[]>>[]>> = {
  public: [],
  person: [{ person: [] }],
  host: [{ host: [] }],
  enrolment: [{ enrolment: [] }],
}

const bodyOf = (id: OperationId, { method }: Operation) =>
  method === 'GET'
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(REQUESTS[id].body, 'input') } } } }

const describe = (served: Operation & { readonly id: OperationId }) => ({
  operationId: served.id,
  summary: served.summary,
  ...(served.action === null ? {} : { 'x-policy-action': served.action }),
  security: SECURITY[served.audience],
  parameters: parametersOf(served.id, served),
  ...bodyOf(served.id, served),
  responses: {
    [RESPONSES[served.id].status]: {
      description: 'Done',
      content: { 'application/json': { schema: schemaOf(RESPONSES[served.id].body, 'output') } },
    },
    default: { $ref: '#/components/responses/Problem' },
  },
})

const codes = Object.entries(PROBLEMS)

const problemResponse = {
  description: 'A problem document (RFC 9457); `detail` says what to do.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
        properties: {
          type: { type: 'string', format: 'uri' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { enum: codes.map(([code]) => code) },
          detail: { type: 'string' },
          instance: { type: 'string' },
        },
        'x-codes': Object.fromEntries(codes.map(([code, [status, title]]) => [code, { status, title }])),
      },
    },
  },
}

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description })

/** The API as OpenAPI 3.1, out of the operations table and the schemas that the operations are served with. */
export const describeApi = () => {
  const paths = new Map<string, Record<string, unknown>>()
  for (const served of OPERATIONS) paths.set(served.path, { ...paths.get(served.path), [served.method.toLowerCase()]: describe(served) })
  return {
    openapi: '3.1.0',
    info: { title: 'Supersede', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: Object.fromEntries(paths),
    components: {
      responses: { Problem: problemResponse },
      securitySchemes: {
        person: bearer('A token of the identity provider, with sub and groups.'),
        host: bearer('A JWT (EdDSA, at most 5 minutes) that the host signed with its own key; kid and iss are its id.'),
        enrolment: bearer('A one-time enrolment token of the fleet.'),
      },
    },
  }
}

/** As it is kept in docs/openapi.json. */
export const apiText = (): string => `${JSON.stringify(describeApi(), null, 1)}\n`
