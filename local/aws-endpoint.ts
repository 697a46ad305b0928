import { randomUUID } from 'node:crypto'
import type { HttpAsk } from './gateway/http-api.ts'
import type { HttpAnswer } from './gateway/problem.ts'
import { type Credentials, isPresigned } from './s3/presigned.ts'

type Answered = { readonly status: number; readonly body: unknown }
/** A service of the JSON protocols, by the prefix of its `X-Amz-Target`. */
export type Service = (target: string, body: unknown) => Answered | Promise<Answered>

export type AwsEndpointOptions = {
  readonly services: Readonly<Record<string, Service>>
  readonly s3: (ask: HttpAsk) => Promise<HttpAnswer>
  readonly credentials: Credentials
}

const answer = (target: string, { status, body }: Answered): HttpAnswer => ({
  status,
  headers: {
    'content-type': target.startsWith('DynamoDB') ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  },
  body: JSON.stringify(body),
})

const parse = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * What of it is open to whoever reaches this machine's port: what a pre-signed URL carries. The functions' own requests come over their threads'
 * ports; and that a request names the access key, as it has to there, shows nothing here, since every such URL names it, too.
 */
export const onlyPresigned =
  (s3: AwsEndpointOptions['s3']) =>
  async (ask: HttpAsk): Promise<HttpAnswer> =>
    ask.headers['x-amz-target'] === undefined && isPresigned(ask)
      ? s3(ask)
      : { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Only pre-signed URLs are answered here.' }

/** The one place where the functions' SDK clients arrive: the JSON services by their target, everything else is S3. */
export const openAwsEndpoint =
  ({ services, s3, credentials }: AwsEndpointOptions) =>
  async (ask: HttpAsk): Promise<HttpAnswer> => {
    const target = ask.headers['x-amz-target']
    if (target === undefined) return s3(ask)
    const refuse = (type: string, message: string) => answer(target, { status: 400, body: { __type: type, message } })
    if (!(ask.headers['authorization'] ?? '').includes(`Credential=${credentials.accessKeyId}/`))
      return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.')
    const service = services[target.split('.')[0] ?? '']
    if (!service) return refuse('UnknownOperationException', `The local runtime has no ${target}`)
    const body = parse(ask.body)
    if (body === undefined) return refuse('SerializationException', 'The body is not JSON.')
    return answer(target, await service(target, body))
  }
